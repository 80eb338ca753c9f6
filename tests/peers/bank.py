"""The bank of the tests: it says what moved, in camt.053, camt.054 or CSV, and carries out payment files.

Written from the ISO 20022 message definitions, apart from the code that reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from xml.etree.ElementTree import fromstring

ACCOUNT = "6222020200112233445"
PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One movement as this bank tells it; yuan as text, so that wrong ones can be told too."""

    yuan: str
    reference: str | None = "B1"
    credit: bool = True
    currency: str = "CNY"
    name: str | None = "张三"
    account: str | None = "6217000010001234567"
    bank: str | None = "102100099996"
    end_to_end: str | None = None
    creditor_reference: str | None = None
    words: str = ""
    day: str = "2025-03-03"
    status: str = "BOOK"
    reversal: bool = False
    returned: bool = False


def camt(
    *told: Told, kind: str = "054", version: str = "08", account: str = ACCOUNT, before: str = "", batch: bool = False
) -> bytes:
    """Return a statement or a notification; ``batch`` puts all movements in one entry."""
    outer, report = ("BkToCstmrStmt", "Stmt") if kind == "053" else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    entries = _batch(told, version) if batch else "".join(_entry(one, version) for one in told)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{before}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><{outer}>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2025-03-04T18:00:00+08:00</CreDtTm></GrpHdr>"
        f"<{report}><Id>1</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{entries}</{report}></{outer}></Document>"
    ).encode()


def csv(*told: Told, account: str = ACCOUNT) -> bytes:
    """Return the same as rows."""
    heading = "account,reference,booked_at,amount,currency,direction,name,other_account,other_bank,end_to_end,text"
    rows = [
        ",".join(
            (
                account, one.reference or "", one.day, one.yuan, one.currency, "credit" if one.credit else "debit",
                one.name or "", one.account or "", one.bank or "", one.end_to_end or "",
                one.creditor_reference or one.words,
            )
        )
        for one in told
    ]  # fmt: skip
    return "\n".join([heading, *rows, ""]).encode()


def carried_out(payment_file: bytes, *, first: int = 1, prefix: str = "P") -> list[Told]:
    """Carry out a payment file: a booked debit for each of its transfers."""
    document = fromstring(payment_file)  # noqa: S314 - our own file
    return [
        Told(
            yuan=one.findtext(f"{PAIN}Amt/{PAIN}InstdAmt") or "",
            reference=f"{prefix}{number}",
            credit=False,
            name=one.findtext(f"{PAIN}Cdtr/{PAIN}Nm"),
            account=one.findtext(f"{PAIN}CdtrAcct/{PAIN}Id/{PAIN}Othr/{PAIN}Id"),
            end_to_end=one.findtext(f"{PAIN}PmtId/{PAIN}EndToEndId"),
        )
        for number, one in enumerate(document.iter(f"{PAIN}CdtTrfTxInf"), start=first)
    ]


def yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _entry(one: Told, version: str) -> str:
    return (
        f"<Ntry>{_amount(one)}{_side(one)}"
        f"{'<RvslInd>true</RvslInd>' if one.reversal else ''}"
        f"{_status(one.status, version)}<BookgDt><Dt>{one.day}</Dt></BookgDt><ValDt><Dt>{one.day}</Dt></ValDt>"
        f"{_tag('AcctSvcrRef', one.reference)}<BkTxCd/>"
        f"<NtryDtls><TxDtls>{_details(one, version)}</TxDtls></NtryDtls></Ntry>"
    )


def _batch(told: Iterable[Told], version: str) -> str:
    every = list(told)
    total = sum(int(one.yuan.replace(".", "")) for one in every)
    parts = "".join(f"<TxDtls>{_details(one, version, amount=_amount(one) + _side(one))}</TxDtls>" for one in every)
    return (
        f'<Ntry><Amt Ccy="CNY">{yuan(total)}</Amt>{_side(every[0])}{_status("BOOK", version)}'
        f"<BookgDt><Dt>{every[0].day}</Dt></BookgDt>{_tag('AcctSvcrRef', every[0].reference)}<BkTxCd/>"
        f"<NtryDtls><Btch><NbOfTxs>{len(every)}</NbOfTxs></Btch>{parts}</NtryDtls></Ntry>"
    )


def _amount(one: Told) -> str:
    return f'<Amt Ccy="{one.currency}">{one.yuan}</Amt>'


def _side(one: Told) -> str:
    return f"<CdtDbtInd>{'CRDT' if one.credit else 'DBIT'}</CdtDbtInd>"


def _status(status: str, version: str) -> str:
    return f"<Sts>{status}</Sts>" if version < "04" else f"<Sts><Cd>{status}</Cd></Sts>"


def _details(one: Told, version: str, amount: str = "") -> str:
    who = "Dbtr" if one.credit else "Cdtr"
    name = _tag("Nm", one.name) if version < "08" else f"<Pty>{_tag('Nm', one.name)}</Pty>"
    number = f"<{who}Acct><Id><Othr>{_tag('Id', one.account)}</Othr></Id></{who}Acct>" if one.account else ""
    agent = (
        f"<RltdAgts><{who}Agt><FinInstnId><ClrSysMmbId>{_tag('MmbId', one.bank)}</ClrSysMmbId>"
        f"</FinInstnId></{who}Agt></RltdAgts>"
        if one.bank
        else ""
    )
    structured = (
        f"<Strd><CdtrRefInf><Ref>{escape(one.creditor_reference)}</Ref></CdtrRefInf></Strd>"
        if one.creditor_reference
        else ""
    )
    return (
        f"<Refs>{_tag('EndToEndId', one.end_to_end or 'NOTPROVIDED')}</Refs>{amount}"
        f"<RltdPties><{who}>{name}</{who}>{number}</RltdPties>{agent}"
        f"<RmtInf>{_tag('Ustrd', one.words or None)}{structured}</RmtInf>"
        f"{'<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>' if one.returned else ''}"
    )


def _tag(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text is not None else ""
