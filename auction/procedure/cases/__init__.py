"""Cases (执行案件): a judgment to be enforced, the debtor, the claims, and what enforcement has cost.

Words: a *case* is known by its *number* (案号: year, court code, type code, serial);
the *debtor* (被执行人) owes; a *claim* belongs to a creditor, who is an *applicant*
(申请执行人) or takes part in the distribution; a *cost* is what enforcement has cost so far.

A case against an enterprise may be *referred* to the bankruptcy court, which takes it over or sends it back.

Articles: 法〔2015〕137号 第2、3、9、10条 (numbers), 执行规定 第16条 (intake),
民诉解释 第506至510条 (who takes part in the proceeds), 第511至513条 (bankruptcy), 法释〔2020〕25号 第41条 (builders).

Invariants: one number belongs to one case; claims keep the order of the file; amounts
are positive whole fen; costs only grow; no name of a person stands in a public entry.
"""
