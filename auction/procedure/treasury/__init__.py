"""The treasury (执行款管理): money orders to the outside world and what came of them.

Words: an *order* is our instruction to move money, carried by a *gateway* (``stripe``, ``bank``, ``sandbox``); a
*way* is the gateway an order goes by; its *origin* is the payment it gives back or takes in. An order *waits* until
the outside has carried it out; it is *under way* when the outside has taken it, or its payer has been shown how to
pay, and no final word has come.

A bank *line* is one movement as the bank tells it; the *desk* is where lines wait that nothing explains; money there is
*unclaimed*; the *clearing* account of a court holds what is of no case; a *payment file* is what the bank is told, a
*payee* whom it pays.

Sources: 法释〔2016〕18号 第17、23、25条; 法发〔2017〕6号.
Invariants: an order is done once, whoever asks and however often; what an order's purpose does is done in the
transaction of its confirmation; an order given back goes by the gateway it came by.
"""
