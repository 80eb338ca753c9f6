"""The ways by which a court is paid and pays, and the account that transfers go to (法发〔2017〕6号)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.treasury import ways_rules
from auction.procedure.treasury.ways_models import CourtAccountRow, PaymentWayRow
from auction.procedure.treasury.ways_rules import GATEWAYS, Offer, Purpose, Way


@dataclass(frozen=True, slots=True)
class CourtAccount:
    """A court's account as a transfer names it; ``bank_code`` is a CNAPS number or a BIC."""

    court: str
    holder: str
    number: str
    bank: str
    bank_code: str | None


def court_account(session: Session, court: str) -> CourtAccount | None:
    """Return the account of a court's enforcement money, or None while none is on record."""
    row = session.get(CourtAccountRow, court)
    return _account(row) if row else None


def court_of_account(session: Session, number: str) -> str | None:
    """Return the court an account belongs to, or None."""
    plain = ways_rules.account_number(number)
    return session.scalars(select(CourtAccountRow.court_id).where(CourtAccountRow.number == plain)).one_or_none()


def taken(session: Session, *, court: str, purpose: Purpose) -> list[Way]:
    """Return the ways a court has named for a purpose, in its order; empty where it has said nothing."""
    query = (
        select(PaymentWayRow)
        .where(PaymentWayRow.court_id == court, PaymentWayRow.purpose == purpose.value)
        .order_by(PaymentWayRow.place)
    )
    return [Way(gateway=row.gateway, up_to_minor=row.up_to_minor) for row in session.scalars(query)]


def offered(
    session: Session, *, court: str, purpose: Purpose, amount_minor: int, connected: Collection[str]
) -> list[Offer]:
    """Return the ways for a court, a purpose and an amount, each open or with the reason why not.

    :param connected: the gateways the platform has
    """
    return ways_rules.offers(
        taken(session, court=court, purpose=purpose),
        connected=connected,
        amount_minor=amount_minor,
        has_account=purpose is Purpose.PAYOUT or court_account(session, court) is not None,
    )


def chosen(session: Session, *, court: str, purpose: Purpose, amount_minor: int, way: str | None) -> str | None:
    """Return the gateway an order of a court goes by; None leaves it to the platform.

    :raises WayNotOffered: when the court does not take what was asked for
    """
    ways = taken(session, court=court, purpose=purpose)
    return ways_rules.choose(ways, wanted=way, amount_minor=amount_minor)


@command("set_court_account", by={Role.ADMINISTRATOR, Role.HEAD})
def set_court_account(
    act: Act, *, court: str, holder: str, number: str, bank: str, bank_code: str | None = None
) -> CourtAccount:
    """Put the account of a court's enforcement money on record; each change stays in the court's docket.

    :raises InputMalformed: a field cannot be read, or the account is another court's
    :raises NotFound: no such court
    :raises AuthForbidden: for the head of another court
    """
    checks = Checks()
    wanted = checks.identifier("court", court)
    named = {"holder": checks.text("holder", holder, longest=100), "bank": checks.text("bank", bank, longest=100)}
    plain = ways_rules.account_number(checks.text("number", number, longest=60))
    if plain is None:
        checks.wrong("number", "应为5至34位数字或字母 / 5 to 34 digits or letters")
    typed = checks.text_or_none("bank_code", bank_code, longest=20)
    code = None if typed is None else ways_rules.bank_code(typed)
    if typed is not None and code is None:
        checks.wrong("bank_code", "应为12位行号或BIC / twelve digits of CNAPS, or a BIC")
    checks.refuse()
    _of_court(act, wanted)
    if plain is not None and court_of_account(act.session, plain) not in {None, wanted}:
        checks.wrong("number", "该账户已登记在其他法院名下 / another court has this account on record")
    checks.refuse()
    given = {**named, "number": plain, "bank_code": code}
    present = court_account(act.session, wanted)
    row = {"court_id": wanted, **given, "set_at": act.now, "set_by": act.by}
    act.session.execute(
        upsert(CourtAccountRow)
        .values(**row)
        .on_conflict_do_update(
            index_elements=["court_id"], set_={key: value for key, value in row.items() if key != "court_id"}
        )
    )
    act.session.expire_all()
    found = _account(act.session.get_one(CourtAccountRow, wanted))
    if found != present:
        append(act, f"court:{wanted}", "court.account_set", {**given, "by": act.by})
    return found


@command("set_ways", by={Role.ADMINISTRATOR, Role.HEAD})
def set_ways(act: Act, *, court: str, purpose: str, ways: Sequence[Mapping[str, object]]) -> list[Way]:
    """Name the gateways a court uses for a purpose, in the order of preference; none leaves it to the platform.

    :param ways: of each its ``gateway`` and ``up_to_minor``, the most one payment may be, or none
    :raises InputMalformed: an unknown or repeated gateway, an amount that is none
    :raises NotFound: no such court
    :raises AuthForbidden: for the head of another court
    """
    checks = Checks()
    wanted = checks.identifier("court", court)
    named = checks.one_of("purpose", purpose, [one.value for one in Purpose])
    read = _read(checks, ways)
    checks.refuse()
    _of_court(act, wanted)
    present = taken(act.session, court=wanted, purpose=Purpose(named))
    if read == present:
        return present
    act.session.execute(delete(PaymentWayRow).where(PaymentWayRow.court_id == wanted, PaymentWayRow.purpose == named))
    for place, way in enumerate(read):
        act.session.add(
            PaymentWayRow(court_id=wanted, purpose=named, gateway=way.gateway, up_to_minor=way.up_to_minor, place=place)
        )
    act.session.flush()
    entered = [{"gateway": way.gateway, "up_to_minor": way.up_to_minor} for way in read]
    append(act, f"court:{wanted}", "court.ways_set", {"purpose": named, "ways": entered, "by": act.by})
    return read


def _read(checks: Checks, ways: object) -> list[Way]:
    if not isinstance(ways, list | tuple) or len(ways) > len(GATEWAYS):
        checks.wrong("ways", "应为付款方式的列表，每种一次 / must be a list of ways, each once")
        return []
    found: list[Way] = []
    for place, given in enumerate(ways):
        fields = checks.known_fields(f"ways[{place}]", given, {"gateway", "up_to_minor"})
        gateway = checks.one_of(f"ways[{place}].gateway", fields.get("gateway"), GATEWAYS)
        most = fields.get("up_to_minor")
        up_to = None if most is None else checks.minor(f"ways[{place}].up_to_minor", most)
        if any(way.gateway == gateway for way in found):
            checks.wrong(f"ways[{place}].gateway", "每种方式只列一次 / name each way once")
        found.append(Way(gateway=gateway, up_to_minor=up_to))
    return found


def _of_court(act: Act, court: str) -> None:
    """Lock the court, and refuse the head of another.

    :raises NotFound: no such court
    :raises AuthForbidden: for the head of another court
    """
    identity.court(act.session, court)
    actor = act.actor
    if actor is not None and not actor.roles & {Role.ADMINISTRATOR, Role.PLATFORM} and actor.court != court:
        raise AuthForbidden(act="set_ways", roles=[ROLE_NAMES[Role.HEAD][0]])
    lock(act, f"court:{court}")


def _account(row: CourtAccountRow) -> CourtAccount:
    return CourtAccount(
        court=row.court_id, holder=row.holder, number=row.number, bank=row.bank, bank_code=row.bank_code
    )
