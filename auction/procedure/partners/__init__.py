"""Partners (合作平台): organisations that are told of every public act, as it is committed.

Words: a *partner* is an organisation (合作平台) with an account and keys; an *endpoint* is an address of theirs that
deliveries are sent to; a *delivery* is one public docket entry on its way to one endpoint; a *line* is the deliveries
of one lot to one endpoint, in the order of the docket; its *head* is the only one that may be sent; an endpoint
*rests* while nobody answers there, and is *paused* when a person said so, it said "gone", or it was silent for days.

Articles: 法释〔2016〕18号 第3条 (the whole procedure is public), 第8条 (what is shown is complete, timely,
true and secure), 第9条 (providers act under the court's management); 个人信息保护法 第51条 (secrets are encrypted).

Invariants: the docket is the outbox, so nothing is told before its commit and nothing committed is left out; a line has
one head at most, and the next entry is sent only when the one before was received; other lines go on; a delivery has
one ``webhook-id`` for ever and arrives at least once; only public parts leave; no request goes to an address inside
the operator's own network; nothing is given up without a person being able to send it again.
"""
