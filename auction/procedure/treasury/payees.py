"""The accounts persons are paid to: in their own name, entered by themselves or the court (法发〔2017〕6号 第10条)."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.gateways.bank_files.pain001 import BankAccount
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.treasury import ways_rules
from auction.procedure.treasury.bank_lines import LineRecord
from auction.procedure.treasury.bank_models import PayeeAccount
from auction.procedure.treasury.bank_refusals import HolderDiffers
from auction.procedure.treasury.bank_rules import same_name
from auction.procedure.treasury.models import MoneyOrderRow

_COURT = "court:"


def of_court(court: str) -> str:
    """Return the owner of the account to which a court's own costs and fees are paid."""
    return f"{_COURT}{court}"


def payee_account(session: Session, owner: str) -> BankAccount | None:
    """Return the account somebody is paid to, the newest on record, or None."""
    query = select(PayeeAccount).where(PayeeAccount.owner == owner)
    row = session.scalars(query.order_by(PayeeAccount.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return BankAccount(holder=row.holder, number=row.number, bank=row.bank, bank_code=row.bank_code)


def account_of(line: LineRecord) -> BankAccount | None:
    """Return the account a line names as the other side's, or None when it names none that can be paid to."""
    number = ways_rules.account_number(line.other_account or "")
    if number is None:
        return None
    code = ways_rules.bank_code(line.other_bank or "")
    return BankAccount(
        holder=line.other_name or number, number=number, bank=None if code else line.other_bank, bank_code=code
    )


@command("enter_payee_account", by={Role.BIDDER, Role.OFFICER, Role.FINANCE, Role.HEAD})
def enter_payee_account(
    act: Act, *, owner: str, holder: str, number: str, bank: str | None = None, bank_code: str | None = None
) -> BankAccount:
    """Put the account on record that a person is paid to; the one before stays on record and holds no more.

    :raises InputMalformed: a field cannot be read
    :raises HolderDiffers: an account in another name than the person's
    :raises AuthForbidden: for another person's account, or one whom the court owes nothing
    """
    checks = Checks()
    wanted = checks.identifier("owner", owner)
    name = checks.text("holder", holder, longest=100)
    read = ways_rules.account_number(checks.text("number", number, longest=60))
    named = checks.text_or_none("bank", bank, longest=100)
    code = checks.text_or_none("bank_code", bank_code, longest=20)
    if "number" not in checks.errors and read is None:
        checks.wrong("number", "应为5至34位数字或字母 / 5 to 34 digits or letters")
    plain = ways_rules.bank_code(code) if code else None
    if code and plain is None:
        checks.wrong("bank_code", "应为12位行号或BIC / twelve digits of CNAPS, or a BIC")
    if not (named or plain):
        checks.wrong("bank", "请填写开户行名称或行号 / name the bank, or its number")
    checks.refuse()
    _may(act, wanted)
    if not wanted.startswith(_COURT) and not same_name(name, identity.person(act.session, wanted).name):
        raise HolderDiffers
    present = payee_account(act.session, wanted)
    entered = BankAccount(holder=name, number=read or "", bank=named, bank_code=plain)
    if entered != present:
        act.session.add(
            PayeeAccount(
                owner=wanted,
                holder=entered.holder,
                number=entered.number,
                bank=entered.bank,
                bank_code=entered.bank_code,
                entered_at=act.now,
                entered_by=act.by,
            )
        )
        act.session.flush()
    return entered


def _may(act: Act, owner: str) -> None:
    """Let a person enter his own account, and a court those of whom it pays, and its own.

    :raises AuthForbidden: for anybody else's
    """
    actor = act.actor
    if actor is None or actor.has(Role.PLATFORM) or (actor.person is not None and actor.person == owner):
        return
    court = actor.court
    if court is not None and (owner == of_court(court) or pays(act.session, court=court, person=owner)):
        return
    raise AuthForbidden(act="enter_payee_account", roles=[ROLE_NAMES[Role.FINANCE][0]])


def pays(session: Session, *, court: str, person: str) -> bool:
    """Say whether a person is a party of a case of the court, or has money orders in one."""
    of_court_cases = cases.ids(court=court)
    has_order = session.scalar(
        select(exists().where(MoneyOrderRow.party_id == person, MoneyOrderRow.case_id.in_(of_court_cases)))
    )
    return bool(has_order) or bool(set(cases.cases_of_person(session, person)) & set(session.scalars(of_court_cases)))
