"""Objections (执行异议): that an act was wrong, that the thing is somebody else's, that price or plan are not right.

Words: an *act* objection (民事诉讼法第236条) attacks what the court did; an *outsider* (案外人,
第238条) claims the thing itself; *valuation* attacks an inquiry's or an appraiser's report;
*plan* attacks the distribution. An objection is *pending* until the panel *upholds* or
*rejects* it. Its *course* is the steps taken beside: it is *accepted* (filed as a case), its papers
*supplemented*, the parties *notified*; a ruling on an act may be *reconsidered* by the higher court; after
the ruling on an outsider's claim he or an applicant may *sue* within the *suit window*, an applicant may
give *security*, and a *judgment* ends it. An *ordered stay* lets a lot stand still for a time the law
limits. A *paper* is what a party hands in at the court and the officer enters for it.

Articles: 民事诉讼法 236, 238; 法释〔2015〕5号 313, 314, 463, 467, 509, 510; 法释〔2008〕13号 7, 8, 15;
法释〔2015〕10号 2, 11; 法释〔1998〕15号 77; 法释〔2016〕18号 36; 法释〔2018〕15号 22-24.

Invariants: while an outsider's objection is pending, upheld, within its suit window or in its suit without
security, the thing is held back from disposal; each objection is decided once, and never by who carried out the
enforcement; each step is taken once and only grows; who objects and what he says is sealed.
"""
