"""What a bidder declares of himself: that he is not connected with the sale, and that he may buy a home here."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.bidding import eligibility, registering
from auction.procedure.bidding.models import ReminderAcceptance
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import Passage, rulebook
from auction.rulebook.carried import carries_out

UNCONNECTED, QUALIFIED = "unconnected", eligibility.QUALIFIED
_CONNECTED_WHY = "本人声明与本次拍卖有利害关系 / by his own declaration he is connected with this sale"


def undertakings_of(lot: LotRecord) -> tuple[Passage, ...]:
    """Return what a lot asks a bidder to declare, in the words of the rules in force at its announcement."""
    if lot.announced_at is None:
        return ()
    wanted = rulebook().on(day_of(lot.announced_at)).undertakings
    return tuple(one for one in wanted if one.key != QUALIFIED or lot.conditions.purchase_limited)


def declare(act: Act, *, lot: LotRecord, person: str, said: Mapping[str, object]) -> None:
    """Keep what a person declares in registering; what a lot must be told and is not, refuses him.

    Nobody is refused for saying nothing of his connections: the court looks at them itself (article 34).

    :raises InputMalformed: for a declaration nobody asks for
    :raises Ineligible: NotQualified: who declares that he is connected; who does not undertake that he may buy here
    """
    wanted = {one.key: one for one in undertakings_of(lot)}
    known = {UNCONNECTED, QUALIFIED}
    unknown = {key: "未知的承诺 / no such declaration" for key in said if key not in known}
    wrong = {key: "应为是或否 / must be true or false" for key, value in said.items() if not isinstance(value, bool)}
    if unknown or wrong:
        raise InputMalformed(errors=unknown | wrong)
    if said.get(UNCONNECTED) is False:
        raise registering.Ineligible(why=_CONNECTED_WHY)
    if QUALIFIED in wanted and not said.get(QUALIFIED):
        raise registering.NotQualified(why=eligibility.UNQUALIFIED_WHY)
    version = str((lot.rulebook or {}).get("version", ""))
    rows = [
        {
            "lot_id": lot.id,
            "person_id": person,
            "key": key,
            "sha256": wanted[key].digest,
            "rulebook": version,
            "accepted_at": act.now,
        }
        for key, value in said.items()
        if value and key in wanted
    ]
    if rows:
        act.session.execute(upsert(ReminderAcceptance).values(rows).on_conflict_do_nothing())


@carries_out("auction.purchase_limits")
@command("undertake", by={Role.BIDDER, Role.OFFICER})
def undertake(act: Act, *, lot: str, person: str) -> None:
    """Undertake to be qualified to buy a home, as a creditor does who would take it in kind (法释〔2021〕18号).

    An officer enters what was handed in on paper.

    :raises AuthForbidden: for somebody else
    :raises InputMalformed: where no purchase limit is announced
    """
    checks = Checks()
    wanted, who = checks.identifier("lot", lot), checks.identifier("person", person)
    checks.refuse()
    if act.actor is None or not (act.actor.roles & {Role.PLATFORM, Role.OFFICER} or act.actor.person == who):
        raise AuthForbidden(act="undertake", roles=[ROLE_NAMES[Role.BIDDER][0]])
    identity.person(act.session, who)
    lock(act, f"lot:{wanted}")
    found = lots.public_lot(act.session, wanted)
    if QUALIFIED not in {one.key for one in undertakings_of(found)}:
        raise InputMalformed(errors={"lot": "本拍品没有限购 / no purchase limit is announced for this lot"})
    if eligibility.undertook(act.session, lot=wanted, person=who):
        return
    declare(act, lot=found, person=who, said={QUALIFIED: True})
    append(act, f"lot:{wanted}", "registration.undertaken", {"undertaking": QUALIFIED}, seal={"person": who})
