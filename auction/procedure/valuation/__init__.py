"""Valuation (确定财产处置参考价): the four modes that give the reference price, and the road to each and after it.

Words: a *mode* is negotiation (当事人议价), directed inquiry (定向询价), online inquiry
(网络询价) or appraisal (委托评估); an *attempt* is one mode taken once and gives a price,
fails, or is pending while all platforms were granted more time; the *reference price*
is the newest price that was not *voided* (作废: returned for correction, or objected to
with success). *Entrusted* (委托) is what all platforms or one agency were asked for and
still owe: a report, a new one (重新出具), or its correction (补正). A *report* is what
they delivered, its *makers* who delivered it. A *draw* (摇号) is committed to first and
drawn later. A *contest* is an objection against a report on its way to the decision. A
*step* is any of these as it was entered; where a valuation *stands* is folded from them.

Articles: 法释〔2018〕15号 第1至34条: start, modes and their order (1-7, 14), facts (3), the list
of platforms (8-10), inquiry (11-13), agencies and the draw (16), appraisal (17-20), sending and
objections (21-26), validity (27), deferral and withdrawal (28, 29), disposal (30), fees
(31-33), records nobody can change (34).

Invariants: attempts and steps are only added, and the database holds that; a mode is taken
only when the earlier ones failed, both parties agreed, or the law asks for it; nobody who was
not asked delivers, and nobody is late before his time has ended; a result under a pending
objection announces no first auction; no price is valid for longer than a year; the outcome of
a draw follows from what was published before it and the words of those present.
"""
