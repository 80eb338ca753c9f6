"""Publicity (公开): what the platform hands out so that anybody can check it.

Words: an *export* is a lot's whole public docket with terms and rulebook in one
canonical file; a *checkpoint* binds a number to its hash.

Articles: 法释〔2016〕18号 第13、20、24条 (open to all), 第31条 (what revokes an auction must be provable).

Invariants: an export holds nothing that was not public before; the same docket
gives the same bytes; the last entry always has a checkpoint.
"""
