"""Deposits (保证金) and the orders by which money moves.

Words: a *deposit* is what a bidder pays in before bidding; it is *requested*, *held*, then *applied* (the winner's,
handed to the court) or *refundable* and *released* (everybody else's); it *lapsed* when it was called in and nothing
was there any more; a *money order* tells the outside to move money and waits until the outside has answered.

Articles: 法释〔2016〕18号 第17、18、23、25条.

Invariants: nothing is booked before the outside has confirmed it, and each order is booked once, however often it is
confirmed; only who registered pays, exactly what is due; a deposit confirmed after the end admits nobody and goes
back; losers' deposits go back and the winner's reaches the court within 24 hours; the ledger holds for each lot
exactly what its deposits hold.
"""
