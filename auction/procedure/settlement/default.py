"""A buyer who does not pay: his default declared, his deposit forfeited and used, the rest ordered (article 24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, Posting, move
from auction.procedure.bidding import eligibility
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.lots import aftermath
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import forfeit_use, keeping, rules
from auction.procedure.settlement.forfeits import Line, NothingToTopUp
from auction.procedure.settlement.models import Forfeit, Settlement
from auction.procedure.settlement.repaying import repay
from auction.procedure.settlement.rules import SettlementStatus
from auction.procedure.treasury.orders import no_longer_due
from auction.rulebook.carried import carries_out


@dataclass(frozen=True, slots=True)
class DefaultDeclared:
    """What the buyer has lost; ``barred`` is who may not bid for these things again, None for a taker in kind."""

    lot: str
    status: SettlementStatus
    forfeited_minor: int
    barred: str | None


@dataclass(frozen=True, slots=True)
class ForfeitApplied:
    """What the forfeited deposit was used for, and what it did not cover."""

    lot: str
    resold: str
    lines: Sequence[Line]
    uncovered_minor: int


@dataclass(frozen=True, slots=True)
class TopUpOrdered:
    """What the defaulting buyer is ordered to pay beyond his deposit."""

    lot: str
    amount_minor: int


@carries_out("auction.default_forfeits", "auction.sale_default", "auction.default_bars", seen_in=("lot.defaulted",))
@command("declare_default", by={Role.PANEL})
def declare_default(act: Act, *, lot: str) -> DefaultDeclared:
    """Declare that the buyer has defaulted: the announced deposit is lost, the rest goes back, he is barred.

    :raises SettlementNotDue: before the period for the balance has ended, when it is paid or being paid, or twice
    """
    row = keeping.locked(act, _lot(lot))
    keeping.court_only(act, lot=row.lot_id)
    rules.check_default(
        SettlementStatus(row.status),
        due_by=row.balance_due_by,
        now=act.now,
        paying=keeping.on_its_way(act.session, row),
    )
    record = lots.lot(act.session, row.lot_id)
    there = keeping.in_proceeds(act, row)
    auctioned = row.way == "auction"
    lost = min(record.deposit_minor, there) if auctioned else 0
    keeping.move(row, SettlementStatus.DEFAULTED)
    no_longer_due(act, subjects=[keeping.subject(row)])
    row.credit_minor, row.credit_claim_id = 0, None
    _note_forfeit(act, row, lost=lost)
    _book_forfeit(act, row, minor=lost)
    repay(act, row, amount_minor=there - lost)
    aftermath.mark_defaulted(act.as_platform(), lot=row.lot_id)
    if auctioned:
        eligibility.bar_buyer(act.as_platform(), lot=row.lot_id, person=row.buyer_person_id)
    public = {"forfeited_minor": lost, "returned_minor": there - lost, "barred": auctioned}
    append(act, f"lot:{row.lot_id}", "lot.defaulted", public)
    return DefaultDeclared(
        lot=row.lot_id,
        status=SettlementStatus.DEFAULTED,
        forfeited_minor=lost,
        barred=row.buyer_person_id if auctioned else None,
    )


@command("apply_forfeit", by={Role.PANEL})
def apply_forfeit(act: Act, *, lot: str) -> ForfeitApplied:
    """Use the forfeited deposit once the re-auction is closed: costs, shortfall, this case's debt, linked debts.

    :raises SettlementNotDue: before default and re-auction, or the second time
    """
    wanted = _lot(lot)
    record = lots.lot(act.session, wanted)
    linked = cases.linked_claims(act.session, case=record.case, things=record.properties)
    lock(act, f"case:{record.case}", *(f"case:{one}" for one in linked), f"lot:{wanted}")
    row = keeping.locked(act, wanted)
    keeping.court_only(act, lot=wanted)
    forfeit = act.session.get(Forfeit, wanted, with_for_update=True, populate_existing=True)
    status = SettlementStatus(row.status)
    if forfeit is None or status is not SettlementStatus.DEFAULTED:
        raise rules.not_due(status, zh="尚未认定悔拍", en="no default was declared", kind=rules.DefaultNotDue)
    if forfeit.applied_at is not None:
        raise rules.not_due(
            status, zh="没收的保证金已经适用", en="the forfeited deposit was applied already", kind=rules.DefaultNotDue
        )
    measured = forfeit_use.measure(act.session, record=record, row=row, forfeit=forfeit)
    forfeit.resold_lot_id, forfeit.applied_at = measured.resold, act.now
    forfeit.uncovered_minor = measured.uncovered_minor
    forfeit.lines = [asdict(one) for one in measured.lines]
    _book_use(act, row, used=measured.lines, linked=measured.linked)
    public = {"resold": measured.resold, "lines": forfeit.lines, "uncovered_minor": measured.uncovered_minor}
    append(act, f"lot:{wanted}", "forfeit.applied", public)
    act.session.flush()
    return ForfeitApplied(
        lot=wanted, resold=measured.resold, lines=measured.lines, uncovered_minor=measured.uncovered_minor
    )


@carries_out("auction.shortfall", seen_in=("top_up.ordered",))
@command("order_top_up", by={Role.PANEL})
def order_top_up(act: Act, *, lot: str) -> TopUpOrdered:
    """Order the defaulting buyer to pay what his deposit does not cover; whether to is the panel's decision.

    The law is unsettled: article 24 names only the deposit, 法释〔2004〕16号 第22条 the whole difference.

    :raises SettlementNotDue: before the forfeited deposit was applied
    :raises NothingToTopUp: when it covered everything, or the second time
    """
    row = keeping.locked(act, _lot(lot))
    keeping.court_only(act, lot=row.lot_id)
    forfeit = act.session.get(Forfeit, row.lot_id, with_for_update=True, populate_existing=True)
    if forfeit is None or forfeit.uncovered_minor is None:
        raise rules.not_due(
            SettlementStatus(row.status),
            zh="没收的保证金尚未适用",
            en="the forfeited deposit was not applied yet",
            kind=rules.DefaultNotDue,
        )
    if forfeit.uncovered_minor == 0 or forfeit.ordered_at is not None:
        raise NothingToTopUp(uncovered_minor=forfeit.uncovered_minor)
    forfeit.top_up_minor, forfeit.ordered_at = forfeit.uncovered_minor, act.now
    public = {"amount_minor": forfeit.top_up_minor, "ordered_at": instant_text(act.now)}
    append(act, f"lot:{row.lot_id}", "top_up.ordered", public)
    act.session.flush()
    return TopUpOrdered(lot=row.lot_id, amount_minor=forfeit.top_up_minor)


def _note_forfeit(act: Act, row: Settlement, *, lost: int) -> None:
    """Note what is lost; where a second taker in kind defaults, his default takes the place of the first one's."""
    forfeit = Forfeit(
        lot_id=row.lot_id,
        case_id=row.case_id,
        person_id=row.buyer_person_id,
        forfeited_minor=lost,
        declared_at=act.now,
        lines=[],
        resold_lot_id=None,
        applied_at=None,
        uncovered_minor=None,
        top_up_minor=None,
        ordered_at=None,
    )
    act.session.merge(forfeit)
    act.session.flush()


def _book_forfeit(act: Act, row: Settlement, *, minor: int) -> None:
    postings = move(
        case=row.case_id,
        minor=minor,
        source=Account.PROCEEDS,
        target=Account.FORFEITED,
        lot=row.lot_id,
        holder=row.buyer_registration_id,
    )
    book(act, kind="deposit.forfeited", reference=f"forfeit:{row.lot_id}", postings=postings)


def _book_use(act: Act, row: Settlement, *, used: Sequence[Line], linked: Mapping[str, int]) -> None:
    """Move what is used to where it is distributed from: this case's money of the lot, or another case's."""
    taken = sum(one.amount_minor for one in used)
    elsewhere = next((one.amount_minor for one in used if one.to == "linked_debt"), 0)
    postings = [
        Posting(account=Account.FORFEITED, case=row.case_id, minor=taken, lot=row.lot_id,
                holder=row.buyer_registration_id),
        Posting(account=Account.PROCEEDS, case=row.case_id, minor=elsewhere - taken, lot=row.lot_id),
    ]  # fmt: skip
    for case, owed in linked.items():
        part = min(owed, elsewhere)
        elsewhere -= part
        # Each case has an account of its own, so what goes over leaves the one and reaches the other.
        postings += [
            Posting(account=Account.OUTSIDE, case=row.case_id, minor=-part),
            Posting(account=Account.OUTSIDE, case=case, minor=part),
            Posting(account=Account.PROCEEDS, case=case, minor=-part),
        ]
    book(act, kind="forfeit.applied", reference=f"forfeit:{row.lot_id}:applied", postings=postings)


def _lot(value: str) -> str:
    checks = Checks()
    wanted = checks.identifier("lot", value)
    checks.refuse()
    return wanted
