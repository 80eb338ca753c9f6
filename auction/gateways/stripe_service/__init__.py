"""Stripe: cards, Alipay and WeChat Pay, by the official SDK.

A deposit is a PaymentIntent: a card that can be held long enough is held (captured by hand), everything else is
captured and given back. A balance is a Checkout Session on Stripe's own page. What goes back is a refund of the same
payment, what a creditor gets a transfer to his connected account.

Nothing of this is believed when it is told: an event only wakes us, and the state is what Stripe answers when asked.
"""
