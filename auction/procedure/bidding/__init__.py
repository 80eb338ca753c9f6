"""Bidding (竞价): registration, codes, live bids, extension and close.

Words: a *registration* is a person's wish to bid on a lot, under a random
*bidding code*; it is *admitted* when the deposit is confirmed; a *bid* is its
docket entry; the *standing* is price, leader and end so far; a *receipt* tells a
bidder what became of his bid; a *group* buys together in shares that make one;
an *undertaking* is what a bidder declares of himself.

Articles: 法释〔2016〕18号 11, 14, 17–21, 24, 26, 34; 法明传〔2017〕455号 (sale).

Invariants: a bid's time is its arrival, the lot's lock gives the order; prices
only rise, but for an equal bid by a better-ranked priority purchaser; a bid in
the last five minutes moves the end to five minutes after it; the same ``bid_id``
has one effect; nobody bids for another but a confirmed agent;
one person stands under one code on a lot; nobody bids on words corrected since he
registered before he has read them; before the close
no page or desk connects a code with a person.
"""
