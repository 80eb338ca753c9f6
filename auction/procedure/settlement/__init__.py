"""Settlement (交割): from the hammer to the keys.

Words: the *confirmation* (成交确认书) names the buyer in the open; the *balance* is the price less the deposit; the
*ruling* (成交裁定) is made when the price is whole; with its *service* title passes; then the thing is *handed over*.
What nobody bought a creditor may *take in kind* (以物抵债): he is *asked*, takes or *declines*; among equals a *ticket*
decides. A buyer who does not pay *defaults* (悔拍): his deposit is *forfeited* and used in the order of article 24, and
the court may order a *top-up* (补交差额). A buying applicant's claim may be *set off* against the balance.

Articles: 法释〔2016〕18号 第17、22至26、31条; 法释〔2004〕16号 第16、20至28条; 法明传〔2017〕455号 第2条.

Invariants: no ruling before the ledger holds the whole price of the lot; title passes at the instant of service and
at no other; no hand-over before service; exactly what is due is paid, and paid once; a late balance is accepted until
default is declared, and marked late; the periods that bind the court fall due and never refuse.
"""
