"""Assets (财产查控): what was seized, for how long it is held, and what stands in the way of selling it.

Words: a *property* is a thing or right of the debtor; *control* (查封、扣押、冻结) holds it
until an instant and is *renewed* before that instant or lapses; a *hold* blocks its
disposal while an objection is pending or its suit window is open; things that are
*indivisible* are sold together.

Articles: 民诉解释 第485条 (periods), 查封规定 第4、5、27、28条 (homes, lapse, release),
民诉解释 第463条 (no disposal while an outsider's objection is pending).

Invariants: no control lasts longer than the law allows; a lapsed control is never
renewed; every measure is a new row and an entry; being indivisible is mutual.
"""
