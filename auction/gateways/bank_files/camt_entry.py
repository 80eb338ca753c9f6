"""One entry of a camt file and the movements it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element

from auction.gateways.bank_files.lines import (
    Direction,
    FileLine,
    LineFault,
    currency_of,
    day_or_none,
    instant_of,
    minor_of,
    plain,
)

_DIRECTIONS = {"CRDT": Direction.CREDIT, "DBIT": Direction.DEBIT}
_TRUE = {"true", "1"}
_REFERENCE_MAX = 80
_NOTHING = {"NOTPROVIDED", "NONREF", ""}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry says of all its movements."""

    place: int
    account: str
    reference: str | None
    booked_at: datetime
    value_on: date | None
    amount_minor: int
    currency: str
    direction: Direction
    reversal: bool


def accounts_of(account: Element) -> tuple[str, str | None] | None:
    """Return the number and the currency of a statement's own account, or None when it names none."""
    number = _account(account)
    return (number, _text(account, "Ccy")) if number else None


def lines_of(entry: Element, *, account: str, place: int) -> list[FileLine | None]:
    """Return the movements of an entry; one that is not booked yet is None.

    An entry of several transactions is taken apart only when they add up to it; otherwise it stays one line without
    anybody's name, which a person has to look at.

    :raises LineFault: when the entry is no money of ours
    """
    if _status(entry) != "BOOK":
        return [None]
    read = _entry(entry, account=account, place=place)
    details = [one for one in entry.iter() if _name(one) == "TxDtls"]
    if len(details) <= 1:
        return [_line(read, details[0] if details else None, amount_minor=read.amount_minor, own=read.reference)]
    amounts = _amounts(read, details)
    if amounts is None:
        return [_line(read, None, amount_minor=read.amount_minor, own=read.reference)]
    return [
        _line(read, one, amount_minor=minor, own=_own(read, one, number))
        for number, (one, minor) in enumerate(zip(details, amounts, strict=True), start=1)
    ]


def _entry(entry: Element, *, account: str, place: int) -> _Entry:
    amount = _child(entry, "Amt")
    direction = _DIRECTIONS.get(_text(entry, "CdtDbtInd") or "")
    if direction is None:
        msg = "没有写明收付方向 / it does not say whether money came or went"
        raise LineFault(msg)
    return _Entry(
        place=place,
        account=account,
        reference=plain(_text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"), longest=_REFERENCE_MAX),
        booked_at=instant_of(_text(entry, "BookgDt", "DtTm") or _text(entry, "BookgDt", "Dt")),
        value_on=day_or_none(_text(entry, "ValDt", "Dt") or _text(entry, "ValDt", "DtTm")),
        currency=currency_of(amount.get("Ccy") if amount is not None else None),
        amount_minor=minor_of(amount.text if amount is not None else None),
        direction=direction,
        reversal=_text(entry, "RvslInd") in _TRUE,
    )


def _amounts(read: _Entry, details: Sequence[Element]) -> list[int] | None:
    """Return what each transaction of an entry moved, or None when they are not told or do not add up."""
    found = []
    for one in details:
        amount = _child(one, "Amt")
        if amount is None:
            amount = _child(one, "AmtDtls", "TxAmt", "Amt")
        side = _text(one, "CdtDbtInd")
        if amount is None or (side is not None and _DIRECTIONS.get(side) is not read.direction):
            return None
        try:
            currency_of(amount.get("Ccy"))
            found.append(minor_of(amount.text))
        except LineFault:
            return None
    return found if sum(found) == read.amount_minor else None


def _own(read: _Entry, transaction: Element, number: int) -> str | None:
    """Return the bank's own reference of one transaction among several."""
    own = plain(_text(transaction, "Refs", "AcctSvcrRef"), longest=_REFERENCE_MAX)
    if own is not None and own != read.reference:
        return own
    return f"{read.reference}/{number}" if read.reference else None


def _line(read: _Entry, transaction: Element | None, *, amount_minor: int, own: str | None) -> FileLine:
    side = "Dbtr" if read.direction is Direction.CREDIT else "Cdtr"
    facts = Element("none") if transaction is None else transaction
    return FileLine(
        place=read.place,
        account=read.account,
        bank_reference=own or plain(_text(facts, "Refs", "AcctSvcrRef"), longest=_REFERENCE_MAX),
        booked_at=read.booked_at,
        value_on=read.value_on,
        amount_minor=amount_minor,
        currency=read.currency,
        direction=read.direction,
        reversal=read.reversal,
        returned=_child(facts, "RtrInf") is not None,
        other_name=plain(_text(facts, "RltdPties", side, "Nm") or _text(facts, "RltdPties", side, "Pty", "Nm")),
        other_account=plain(_account(_child(facts, "RltdPties", f"{side}Acct")), longest=_REFERENCE_MAX),
        other_bank=_bank(_child(facts, "RltdAgts", f"{side}Agt", "FinInstnId")),
        end_to_end=_said(_text(facts, "Refs", "EndToEndId")),
        creditor_reference=_said(_text(facts, "RmtInf", "Strd", "CdtrRefInf", "Ref")),
        text=plain(" ".join(one.text or "" for one in facts.iter() if _name(one) == "Ustrd")) or "",
    )


def _status(entry: Element) -> str:
    """Return the entry's status: a word in the old versions, a code below it in the new ones."""
    return (_text(entry, "Sts") or _text(entry, "Sts", "Cd") or "").strip()


def _said(text: str | None) -> str | None:
    found = plain(text, longest=_REFERENCE_MAX)
    return None if found is None or found.upper() in _NOTHING else found


def _account(account: Element | None) -> str | None:
    if account is None:
        return None
    return _text(account, "Id", "IBAN") or _text(account, "Id", "Othr", "Id")


def _bank(agent: Element | None) -> str | None:
    if agent is None:
        return None
    code = _text(agent, "BICFI") or _text(agent, "BIC") or _text(agent, "ClrSysMmbId", "MmbId")
    return plain(code, longest=_REFERENCE_MAX)


def _child(element: Element | None, *path: str) -> Element | None:
    """Return the first element below along a path of names, whatever the namespace."""
    found = element
    for name in path:
        if found is None:
            return None
        found = next((one for one in found if _name(one) == name), None)
    return found


def _text(element: Element, *path: str) -> str | None:
    found = _child(element, *path)
    return (found.text or "").strip() or None if found is not None else None


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
