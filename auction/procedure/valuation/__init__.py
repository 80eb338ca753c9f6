"""Valuation (确定财产处置参考价): the four modes that give the reference price.

Words: a *mode* is negotiation (当事人议价), directed inquiry (定向询价), online inquiry
(网络询价) or appraisal (委托评估); an *attempt* is one mode taken once and gives a price,
fails, or is pending while all platforms were granted more time; the *reference price*
is the newest price.

Articles: 法释〔2018〕15号 第1、2条 (start, modes), 第4至7、14条 (their order), 第11、13条
(late results, the mean), 第27条 (validity and grace), 第30条 (disposal within ten days).

Invariants: attempts are only added; a mode is taken only when the earlier ones failed,
both parties agreed, or the law asks for it; no price is valid for longer than a year.
"""
