"""Writing pain.001.001.09 of ISO 20022, checked against its schema before anybody releases it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from auction.foundation.kernel.calendar import in_shanghai

if TYPE_CHECKING:
    from xmlschema import XMLSchema

FORM = "pain.001.001.09"
_NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{FORM}"
_NAME_MAX = 140
_CNAPS_DIGITS = 12


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account as a transfer names it; ``bank_code`` is a CNAPS number or a BIC."""

    holder: str
    number: str
    bank: str | None = None
    bank_code: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: our order's id, what is paid to whom, and what the payee reads on his statement."""

    order: str
    amount_minor: int
    to: BankAccount
    text: str
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A file of transfers from one account."""

    id: str
    made_at: datetime
    pay_on: date
    payer: BankAccount
    transfers: Sequence[Transfer]


class NotByTheSchemaError(ValueError):
    """The file written is not what the schema asks for: a fault of ours, and nothing is released."""


def write(file: PaymentFile) -> bytes:
    """Return the document, which the schema accepts.

    :raises NotByTheSchemaError: when it does not
    """
    register_namespace("", _NAMESPACE)
    document = Element(f"{{{_NAMESPACE}}}Document")
    initiation = _add(document, "CstmrCdtTrfInitn")
    _head(initiation, file)
    _payment(initiation, file)
    written: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    check(written)
    return written


def check(content: bytes) -> None:
    """Check a document against the schema of its form.

    :raises NotByTheSchemaError: naming the first fault
    """
    fault = next(iter(_schema().iter_errors(content.decode("utf-8"))), None)
    if fault is not None:
        raise NotByTheSchemaError(fault.reason)


def total_minor(file: PaymentFile) -> int:
    """Return what the file pays in all."""
    return sum(one.amount_minor for one in file.transfers)


@lru_cache(maxsize=1)
def _schema() -> XMLSchema:
    from xmlschema import XMLSchema  # noqa: PLC0415 - half a second to import; only who writes files needs it

    with resources.as_file(resources.files("sepaxml") / "schemas" / f"{FORM}.xsd") as path:
        return XMLSchema(str(path))


def _head(initiation: Element, file: PaymentFile) -> None:
    head = _add(initiation, "GrpHdr")
    _add(head, "MsgId", file.id)
    _add(head, "CreDtTm", in_shanghai(file.made_at).isoformat(timespec="seconds"))
    _add(head, "NbOfTxs", str(len(file.transfers)))
    _add(head, "CtrlSum", _yuan(total_minor(file)))
    _add(_add(head, "InitgPty"), "Nm", file.payer.holder[:_NAME_MAX])


def _payment(initiation: Element, file: PaymentFile) -> None:
    payment = _add(initiation, "PmtInf")
    _add(payment, "PmtInfId", file.id)
    _add(payment, "PmtMtd", "TRF")
    # Each transfer is to be booked by itself, so that the statement names our order beside it.
    _add(payment, "BtchBookg", "false")
    _add(payment, "NbOfTxs", str(len(file.transfers)))
    _add(payment, "CtrlSum", _yuan(total_minor(file)))
    _add(_add(payment, "ReqdExctnDt"), "Dt", file.pay_on.isoformat())
    _add(_add(payment, "Dbtr"), "Nm", file.payer.holder[:_NAME_MAX])
    _account(payment, "DbtrAcct", file.payer)
    _agent(payment, "DbtrAgt", file.payer)
    for one in file.transfers:
        _transfer(payment, one)


def _transfer(payment: Element, one: Transfer) -> None:
    transfer = _add(payment, "CdtTrfTxInf")
    _add(_add(transfer, "PmtId"), "EndToEndId", one.order)
    amount = _add(_add(transfer, "Amt"), "InstdAmt", _yuan(one.amount_minor))
    amount.set("Ccy", one.currency)
    if one.to.bank_code or one.to.bank:
        _agent(transfer, "CdtrAgt", one.to)
    _add(_add(transfer, "Cdtr"), "Nm", one.to.holder[:_NAME_MAX])
    _account(transfer, "CdtrAcct", one.to)
    _add(_add(transfer, "RmtInf"), "Ustrd", one.text[:_NAME_MAX])


def _account(parent: Element, name: str, account: BankAccount) -> None:
    """Name an account; outside the IBAN countries it is the bank's own number."""
    _add(_add(_add(_add(parent, name), "Id"), "Othr"), "Id", account.number)


def _agent(parent: Element, name: str, account: BankAccount) -> None:
    """Name a bank by its CNAPS number or BIC, else by its name."""
    bank = _add(_add(parent, name), "FinInstnId")
    code = account.bank_code
    if code is not None and not (len(code) == _CNAPS_DIGITS and code.isdigit()):
        _add(bank, "BICFI", code)
    elif code is not None:
        member = _add(bank, "ClrSysMmbId")
        _add(_add(member, "ClrSysId"), "Prtry", "CNAPS")
        _add(member, "MmbId", code)
    if account.bank:
        _add(bank, "Nm", account.bank[:_NAME_MAX])


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    added = SubElement(parent, f"{{{_NAMESPACE}}}{name}")
    added.text = text
    return added


def _yuan(minor: int) -> str:
    yuan, fen = divmod(minor, 100)
    return f"{yuan}.{fen:02d}"
