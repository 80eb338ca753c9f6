"""Reading what was corrected: whoever registered before a correction confirms that he has seen it, then bids."""

from __future__ import annotations

from sqlalchemy import update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.bidding import eligibility, queries, rules
from auction.procedure.bidding.models import Registration
from auction.procedure.lots import queries as lots


@command("read_corrections", by={Role.BIDDER})
def read_corrections(act: Act, *, lot: str, person: str) -> int:
    """Keep that a registered bidder has seen every correction so far; return how many. Again changes nothing.

    :raises AuthForbidden: for anybody but himself and his confirmed agent
    :raises NotAdmitted: for who has not registered on the lot
    """
    actor = act.actor
    own = actor is not None and (actor.has(Role.PLATFORM) or actor.person == person)
    agent = actor.person if actor else None
    if not own and not (agent and eligibility.may_act_for(act.session, lot=lot, bidder=person, agent=agent)):
        raise AuthForbidden(act="read_corrections", roles=[ROLE_NAMES[Role.BIDDER][0]])
    lock(act, f"lot:{lot}")
    found = lots.public_lot(act.session, lot)
    registration = queries.registration_of(act.session, lot=lot, person=person)
    if registration is None:
        raise rules.NotAdmitted
    if registration.corrections_read < found.corrections:
        act.session.execute(
            update(Registration).where(Registration.id == registration.id).values(corrections_read=found.corrections)
        )
        public = {"code": registration.code, "corrections": found.corrections}
        append(act, f"lot:{lot}", "registration.correction_read", public)
    return found.corrections
