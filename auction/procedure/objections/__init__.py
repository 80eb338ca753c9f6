"""Objections (执行异议): that an act was wrong, that the thing is somebody else's, that price or plan are not right.

Words: an *act* objection (民事诉讼法第236条) attacks what the court did; an *outsider* (案外人,
第238条) claims the thing itself; *valuation* attacks an inquiry's or an appraiser's report;
*plan* attacks the distribution. An objection is *pending* until the panel *upholds* or
*rejects* it; after an outsider's objection was rejected he may sue within his *suit window*.

Articles: 民事诉讼法 236, 238; 法释〔2015〕5号 314, 463, 509; 法释〔2016〕18号 36; 法释〔2018〕15号 22, 24.

Invariants: while an outsider's objection is pending, upheld, or within its suit window, the
thing is held back from disposal; each objection is decided once; who objects is sealed.
"""
