"""Settlement (交割): from the hammer to the keys.

Words: the *confirmation* (成交确认书) names the buyer in the open; the *balance* is the price less the deposit; the
*ruling* (成交裁定) is made when the price is whole; with its *service* title passes; then the thing is *handed over*.

Articles: 法释〔2016〕18号 第22、23、25条; 法释〔2004〕16号 第20、21、26、27条.

Invariants: no ruling before the ledger holds the whole price of the lot; title passes at the instant of service and
at no other; no hand-over before service; exactly what is due is paid, and paid once; a late balance is accepted until
default is declared, and marked late; the periods that bind the court fall due and never refuse.
"""
