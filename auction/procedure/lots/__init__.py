"""Lots (拍品): the terms under which seized property goes to auction, and their announcement.

Words: a *lot* is one auction of one or more things; its *terms* are start price,
deposit, increment, opening, closing and balance days; its *round* is first,
second or sale; the *panel* of three decides the terms (合议庭); a *notice* tells
a party or priority purchaser; *disclosure* is what articles 13 and 14 want
published, and what their kind of thing asks for besides; the *announcement*
freezes terms and rulebook; a *correction* changes a block of it in public;
*conditions* are purchase limits and those of equity.

Articles: 法释〔2016〕18号 6, 10, 12–17, 20, 26, 27; 法〔2024〕238号 1, 2;
法释〔2021〕18号 1, 2; 法释〔2021〕20号 10, 12; 公司法 85; 法发〔2019〕35号; 法释〔2004〕16号 6, 14, 15, 27;
法释〔2018〕15号 27, 30.

Invariants: no lot is announced without the panel, a live seizure, a valid
reference price, complete disclosure, every notice and the full announcement
period; a thing is in one approved, announced or open lot at a time; the start
price is never under the floor; announced terms never change,
and what else was announced changes only by a correction everybody sees.
"""
