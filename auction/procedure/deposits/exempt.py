"""Who owes no deposit: the applicant whose claim covers it (法释〔2016〕18号 第17条)."""

from __future__ import annotations

from auction.foundation.database.acts import Act
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.deposits.commands import pay_deposit


def admitted_if_exempt(act: Act, *, made: RegistrationRecord) -> RegistrationRecord:
    """Return a registration just made, admitted already where nothing is due.

    It is entered like any deposit, so that before the close no code stands out (article 18).
    """
    if made.deposit_due_minor > 0:
        return made
    pay_deposit(act, lot=made.lot, registration=made.id, amount_minor=0)
    return bidding.registration(act.session, made.id)
