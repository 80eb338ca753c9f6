"""Assets (财产查控): what was seized, how long it is held, who waits for it, and what stands in the way of a sale.

Words: a *property* is a thing or right of the debtor; *control* (查封、扣押、冻结) holds it until an instant and is
*renewed* before that instant or lapses; another case *waits* (轮候) at a *place* in the *queue* and takes effect when
the control before it ends; the right to dispose is *transferred* to the court that needs it; a *hold* blocks disposal
while an objection is pending or its suit window is open; things that are *indivisible* are sold together.

Articles: 民诉解释 第485条 (periods), 查封规定 第4、5、19、26、27、28条 (homes, excess, queue, lapse, release),
法释〔2016〕6号 and 法释〔2016〕22号 第18、21条 (transfer, preservation), 法释〔2021〕20号 第5条 (excess equity),
民诉解释 第463条 (no disposal while an outsider's objection is pending).

Invariants: no control lasts longer than the law allows; a lapsed control is never renewed; at any time one case holds
a thing, and the earliest that waits comes next; a thing never changes hands while it is being sold; every measure is a
new row and an entry; being indivisible is mutual.
"""
