"""Bank lines taken in, and each matched with what was expected, in a small transaction of its own."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.gateways.bank import NAME, creditor_reference, is_creditor_reference
from auction.gateways.bank_files.lines import BadLine, FileLine, FileRead
from auction.gateways.port import Receipt
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.treasury import bank_lines, bank_rules, queries, ways
from auction.procedure.treasury.bank_desk import decided, locked_state, refuse_other_court
from auction.procedure.treasury.bank_lines import ImportRecord, LineRecord
from auction.procedure.treasury.bank_models import BankImport, BankLine, BankLineState
from auction.procedure.treasury.bank_refusals import NoCourtAccount
from auction.procedure.treasury.bank_rules import Expected, LineStatus, Seen, Verdict, Why
from auction.procedure.treasury.orders import chain_of, confirm_order
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.procedure.treasury.ways_rules import account_number

#: The kind of ledger entry by which money of which nobody knows the purpose reaches the court.
UNCLAIMED_KIND = "bank.unclaimed"
_KEYS_AT_ONCE = 5_000


@command("import_bank_file", by={Role.FINANCE})
def take_in(act: Act, *, court: str, content: bytes, file: FileRead) -> ImportRecord:
    """Keep the lines of a bank file that are not known yet; each waits to be matched (法发〔2017〕6号 第4条).

    A file whose content was imported before is that import again. A line is known by its account and the bank's own
    reference, else by all it says.

    :raises NoCourtAccount: while the court's own account is not on record
    :raises NotThisCourt: for another court's finance
    """
    refuse_other_court(act, court)
    lock(act, f"court:{court}")
    own = ways.court_account(act.session, court)
    if own is None:
        raise NoCourtAccount
    digest = hashlib.sha256(content).hexdigest()
    before = select(BankImport.id).where(BankImport.court_id == court, BankImport.digest == digest)
    same = act.session.scalars(before).one_or_none()
    if same is not None:
        return bank_lines.imported(act.session, same)
    bad = list(file.bad)
    fresh, known = _fresh(act, file, account=own.number, bad=bad)
    row = BankImport(
        id=new_id("file"),
        court_id=court,
        form=file.form,
        digest=digest,
        known=known,
        not_booked=file.not_booked,
        bad=[{"place": one.place, "why": one.why} for one in sorted(bad, key=lambda one: one.place)],
        at=act.now,
        by=act.by,
    )
    act.session.add(row)
    act.session.flush()
    kept = [_kept(row, key=key, line=line, account=own.number) for key, line in fresh.items()]
    act.session.add_all(kept)
    act.session.flush()
    act.session.add_all(BankLineState(line_id=one.id, status=LineStatus.NEW.value, since=act.now) for one in kept)
    act.session.flush()
    public = {"form": file.form, "digest": digest, "lines": len(fresh)}
    append(act, f"court:{court}", "bank.file_imported", public)
    return bank_lines.imported(act.session, row.id)


def _fresh(act: Act, file: FileRead, *, account: str, bad: list[BadLine]) -> tuple[dict[str, FileLine], int]:
    """Return the lines that are new, by key, and how many are known; what contradicts a known one is bad."""
    ours: dict[str, FileLine] = {}
    known = 0
    for line in file.lines:
        if account_number(line.account) != account:
            bad.append(BadLine(place=line.place, why="不是本院登记的账户 / not the court’s account on record"))
        elif (before := ours.setdefault(_key(line), line)) is not line:
            if before.amount_minor == line.amount_minor:
                known += 1
            else:
                bad.append(_contradiction(line))
    for key, minor in _known(act, account, list(ours)):
        line = ours.pop(key)
        if line.amount_minor == minor:
            known += 1
        else:
            bad.append(_contradiction(line))
    return ours, known


def _known(act: Act, account: str, keys: list[str]) -> list[tuple[str, int]]:
    """Return which of the keys are lines of an account already, and their amounts."""
    found: list[tuple[str, int]] = []
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        query = select(BankLine.key, BankLine.amount_minor).where(
            BankLine.account == account, BankLine.key.in_(keys[start : start + _KEYS_AT_ONCE])
        )
        found += [(row.key, row.amount_minor) for row in act.session.execute(query)]
    return found


def _contradiction(line: FileLine) -> BadLine:
    why = "同一流水号已有另一金额 / the bank’s reference is known with another amount"
    return BadLine(place=line.place, why=why)


def _key(line: FileLine) -> str:
    if line.bank_reference:
        return f"{line.direction.value}:{line.bank_reference}"
    said = [
        line.booked_at.isoformat(), line.direction.value, line.amount_minor, line.other_name, line.other_account,
        line.end_to_end, line.creditor_reference, line.text, line.reversal,
    ]  # fmt: skip
    return f"said:{sha256_hex({'line': said})}"


def _kept(row: BankImport, *, key: str, line: FileLine, account: str) -> BankLine:
    return BankLine(
        id=new_id("line"),
        import_id=row.id,
        court_id=row.court_id,
        place=line.place,
        account=account,
        key=key,
        bank_reference=line.bank_reference,
        direction=line.direction.value,
        amount_minor=line.amount_minor,
        currency=line.currency,
        booked_at=line.booked_at,
        value_on=line.value_on,
        reversal=line.reversal,
        returned=line.returned,
        other_name=line.other_name,
        other_account=line.other_account,
        other_bank=line.other_bank,
        end_to_end=line.end_to_end,
        creditor_reference=line.creditor_reference,
        words=line.text,
    )


@command("match_line", by=())
def match_line(act: Act, *, line: str, aside: str | None = None) -> LineRecord:
    """Match one new line with what was expected, or lay it on the desk; done before, it changes nothing.

    :param aside: lay it on the desk because what follows from it was refused so
    """
    state = locked_state(act, line)
    found = bank_lines.line(act.session, line)
    if found.status is not LineStatus.NEW:
        return found
    references = bank_rules.references_in(found.creditor_reference, found.end_to_end, found.words)
    order = None if aside else _expected_order(act, found, references)
    if order is not None:
        # The order is looked at under its subject's lock: nobody gives it up or confirms it meanwhile.
        lock(act, chain_of(lot=order.lot, case=order.case))
        act.session.expire_all()
        order = queries.order(act.session, order.id)
    elif not aside and found.credit and (case := _case_paid(act, found, references)) is not None:
        return decided(act, state, LineStatus.PAID_TO_CASE, case=case)
    if aside:
        status = LineStatus.UNCLAIMED if found.credit else LineStatus.UNEXPLAINED
        verdict = Verdict(status, Why.REFUSED)
    else:
        verdict = bank_rules.judge(_seen(found), _expected(act, order), referred=bool(references or found.end_to_end))
    return _follow(act, state, found, order, verdict, aside=aside)


def _follow(
    act: Act, state: BankLineState, found: LineRecord, order: OrderRecord | None, verdict: Verdict, *, aside: str | None
) -> LineRecord:
    if verdict.status is LineStatus.MATCHED and order is not None:
        confirm_order(act.as_platform(), order=order.id, receipt=receipt_of(order, found))
        return decided(act, state, LineStatus.MATCHED, order=order.id, case=order.case)
    case = None
    if verdict.status is LineStatus.UNCLAIMED:
        # Money that came back of a payment stays in the account of the case it was paid from.
        back = verdict.why is Why.RETURNED and order is not None
        case = order.case if back and order is not None else bank_rules.clearing(found.court)
        book_unclaimed(act, found, case=case)
    named = order.id if order is not None else None
    return decided(act, state, verdict.status, why=verdict.why, case=case, order=named, reason=aside)


def book_unclaimed(act: Act, line: LineRecord, *, case: str) -> None:
    """Book money of which nobody knows yet what it is for; it is the court's to keep, and nobody's to spend."""
    postings = move(
        case=case, minor=line.amount_minor, source=Account.OUTSIDE, target=Account.UNCLAIMED, lot=None, holder=line.id
    )
    book(act, kind=UNCLAIMED_KIND, reference=f"{line.id}:came", postings=postings)


def receipt_of(order: OrderRecord, line: LineRecord) -> Receipt:
    """Return the bank's word that an order was carried out, as a line says it."""
    reference = creditor_reference(order.id) if order.kind.inward else order.id
    return Receipt(order=order.id, gateway=NAME, reference=reference, at=line.booked_at)


def _expected_order(act: Act, line: LineRecord, references: list[str]) -> OrderRecord | None:
    """Return the order a line names by our reference or our id, if it is one of the same court."""
    by_reference = (
        queries.order_by_reference(act.session, gateway=NAME, reference=one)
        for one in references
        if is_creditor_reference(one)
    )
    found = next((one for one in by_reference if one is not None), None)
    if found is None and line.end_to_end is not None:
        found = queries.find_order(act.session, line.end_to_end)
    if found is None or court_of(act, found.case) != line.court:
        return None
    return found


def court_of(act: Act, case: str) -> str:
    """Return the court of a case, or of a clearing account."""
    return bank_rules.court_of_clearing(case) or cases.case(act.session, case).court


def _expected(act: Act, order: OrderRecord | None) -> Expected | None:
    if order is None:
        return None
    person = identity.find_person(act.session, order.party) if order.party else None
    return Expected(
        inward=order.kind.inward,
        # What was paid though nobody had to any more is taken all the same: its purpose sends it back.
        open=order.gateway == NAME and order.status is OrderStatus.WAITING,
        done=order.status is OrderStatus.DONE,
        amount_minor=order.amount_minor,
        currency=order.currency,
        name=person.name if person else None,
    )


def _seen(line: LineRecord) -> Seen:
    return Seen(
        credit=line.credit,
        amount_minor=line.amount_minor,
        currency=line.currency,
        reversal=line.reversal,
        returned=line.returned,
        other_name=line.other_name,
    )


def _case_paid(act: Act, line: LineRecord, references: list[str]) -> str | None:
    """Record a payment by one of a case's parties that carries the case's reference, and return the case."""
    if line.reversal or line.returned or not references:
        return None
    wanted = set(references)
    ids = act.session.scalars(cases.ids(court=line.court))
    case = next((one for one in ids if case_reference(one) in wanted), None)
    if case is None:
        return None
    found = cases.case(act.session, case)
    parties = [(found.debtor.person, found.debtor.name)]
    parties += [(claim.creditor_person, claim.creditor) for claim in found.claims]
    payer = next((person for person, name in parties if bank_rules.same_name(line.other_name, name)), None)
    if payer is None:
        return None
    payments.record_payment(act.as_platform(), case=case, by=payer, amount_minor=line.amount_minor, id=line.id)
    return case


def case_reference(case: str) -> str:
    """Return the reference by which money reaches a case's account."""
    return creditor_reference(f"case:{case}")
