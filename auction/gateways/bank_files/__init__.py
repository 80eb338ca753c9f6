"""Bank files: what a bank says in camt.053, camt.054 and CSV, and what it is told in pain.001; pure.

Words: a *file* is what a bank gives; a *line* is one movement in it, money *in* (credit) or *out* (debit); a *bad
line* is one that cannot be money of ours; a line *not booked yet* is left for a later file.

Invariants: a file is read whole or refused by name; nothing in it is believed before its form was checked; no name,
address or entity is ever fetched.
"""
