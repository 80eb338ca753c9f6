"""The ledger (执行款账): double entry in whole minor units, and it only grows.

Words: an *entry* has *postings*; each posting names an *account* of one case,
where it applies the lot and the holder, and a signed amount (debit positive).
Accounts: ``outside`` (what the bank or gateway holds for the court), ``held``
(deposits), ``refundable`` (decided to go back), ``forfeited``, ``proceeds``
(what buyers have paid into the case), ``escrow`` (disputed parts), ``paid_out``,
``unclaimed`` (money of which nobody knows yet what it is for; of no case, it is in
the court's clearing account, docs/decisions/unclaimed-money-is-booked.md).

Invariants, kept by the database: every entry sums to zero (deferred constraint
trigger); nothing is updated, deleted or truncated; an old entry gets no new
posting; one reference is booked once.
"""
