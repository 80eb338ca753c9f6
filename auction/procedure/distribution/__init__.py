"""Distribution (分配): who gets what of the money a case has brought in, in the order of the law.

Words: a *pool* is the money of one sold lot (or money without a lot, such as a payment of the debtor); a *claim*
takes part with what is still unpaid of it; a *line* of the *plan* (财产分配方案) says who gets how much, at which
place in the order and by which article; a *draw* says from which pool a line is paid; the *surplus* is the debtor's,
after the cases that waited for the thing; what is disputed in a suit, or owed to a first seizure no judgment confirms
yet, is kept in *escrow* until it is decided.

Articles: 法释〔1998〕15号 第34、55条; 法释〔2015〕5号 第506-514条; 法释〔2008〕13号 第17、18条;
法释〔2014〕13号 第13条; 法释〔2014〕8号 第4条; 法释〔2015〕10号 第20条; 法发〔2017〕6号.

Invariants: no later claim is paid before an earlier one is full; lines and surplus add up to exactly the pools;
a secured claim takes its rank only in the money of its own thing; only money of sold lots whose price is whole is
distributed; money leaves only after the objection period, and only when a second person has released it.
"""
