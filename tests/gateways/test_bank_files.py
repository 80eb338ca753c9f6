"""Reading what banks send and writing what they are sent; hostile files are refused by name."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from auction.foundation.kernel.refusal import Refusal
from auction.gateways.bank_files import pain001, reading
from auction.gateways.bank_files.lines import (
    FILE_MAX_BYTES,
    Direction,
    FileBroken,
    FileHostile,
    FileTooLarge,
    FileUnknown,
)
from auction.gateways.bank_files.pain001 import BankAccount, NotByTheSchemaError, PaymentFile, Transfer
from tests.peers.bank import ACCOUNT, Told, camt, csv

PAYER = BankAccount(holder="某某区人民法院", number=ACCOUNT, bank="某某银行", bank_code="102100099996")
FILE = PaymentFile(
    id="Z1",
    made_at=datetime(2025, 3, 4, tzinfo=UTC),
    pay_on=date(2025, 3, 4),
    payer=PAYER,
    transfers=[
        Transfer(
            order="G1", amount_minor=7_000_001, text="退款", to=BankAccount("张三", "6217000010001234567", "某行")
        ),
        Transfer(order="G2", amount_minor=5, text="<&>", to=BankAccount("李 & 四", "123456", None, "ABCDCNBJ")),
    ],
)
PAID = Told(yuan="70000.00", creditor_reference="RF712348231648329201", words="保证金", end_to_end="E1")


@pytest.mark.parametrize("kind", ["053", "054"])
@pytest.mark.parametrize("version", ["02", "04", "08", "10"])
def test_a_line_is_read_from_every_version(kind: str, version: str) -> None:
    read = reading.read(camt(PAID, kind=kind, version=version))

    (line,) = read.lines
    assert read.form == f"camt.{kind}.001.{version}"
    assert (line.account, line.bank_reference, line.direction) == (ACCOUNT, "B1", Direction.CREDIT)
    assert (line.amount_minor, line.currency, line.signed_minor) == (7_000_000, "CNY", 7_000_000)
    assert (line.other_name, line.other_account, line.other_bank) == ("张三", "6217000010001234567", "102100099996")
    assert (line.end_to_end, line.creditor_reference, line.text) == ("E1", "RF712348231648329201", "保证金")
    assert line.booked_at.isoformat() == "2025-03-03T00:00:00+08:00"
    assert not line.reversal
    assert not line.returned


def test_what_is_not_booked_yet_is_left_for_a_later_file() -> None:
    read = reading.read(camt(replace(PAID, status="PDNG"), replace(PAID, status="INFO"), PAID))

    assert (len(read.lines), read.not_booked, read.bad) == (1, 2, ())


def test_reversals_and_returns_are_told_apart() -> None:
    first, second = reading.read(camt(replace(PAID, reversal=True, credit=False), replace(PAID, returned=True))).lines

    assert (first.reversal, first.direction, first.signed_minor) == (True, Direction.DEBIT, -7_000_000)
    assert second.returned


def test_an_entry_of_several_transactions_is_taken_apart() -> None:
    read = reading.read(camt(PAID, replace(PAID, yuan="0.05", name="李四", end_to_end="E2"), batch=True))

    assert [(one.bank_reference, one.amount_minor, one.other_name) for one in read.lines] == [
        ("B1/1", 7_000_000, "张三"),
        ("B1/2", 5, "李四"),
    ]


def test_transactions_that_do_not_add_up_stay_one_line_without_a_name() -> None:
    content = camt(PAID, replace(PAID, yuan="1.00"), batch=True).replace(b">70001.00<", b">70002.00<")

    (line,) = reading.read(content).lines

    assert (line.amount_minor, line.other_name, line.end_to_end) == (7_000_200, None, None)


@pytest.mark.parametrize(
    "told",
    [
        replace(PAID, yuan="0.00"),
        replace(PAID, yuan="-5.00"),
        replace(PAID, yuan="1e5"),
        replace(PAID, yuan="٣"),
        replace(PAID, yuan=""),
        replace(PAID, yuan="0.001"),
        replace(PAID, yuan="NaN"),
        replace(PAID, yuan="9999999999999999.00"),
        replace(PAID, currency="USD"),
        replace(PAID, currency=""),
        replace(PAID, day="2025-02-30"),
        replace(PAID, day="0001-01-01"),
    ],
)
@pytest.mark.parametrize("write", [camt, csv])
def test_a_line_that_is_no_money_of_ours_is_named_and_the_others_stay(told: Told, write: object) -> None:
    assert callable(write)
    read = reading.read(write(told, replace(PAID, reference="B2")))

    assert [one.bank_reference for one in read.lines] == ["B2"]
    assert [bool(one.why) for one in read.bad] == [True]


def test_a_csv_says_the_same_as_a_statement() -> None:
    (line,) = reading.read(csv(PAID)).lines
    (same,) = reading.read(camt(PAID)).lines

    assert replace(line, place=0, value_on=None, creditor_reference=None, text="") == replace(
        same, place=0, value_on=None, creditor_reference=None, text=""
    )
    assert "RF712348231648329201" in line.text


def test_the_example_of_the_manual_is_read() -> None:
    example = Path(__file__).resolve().parents[2] / "docs" / "examples" / "bank.csv"

    read = reading.read(example.read_bytes())

    assert ([one.direction for one in read.lines], read.bad) == ([Direction.CREDIT, Direction.DEBIT], ())


def test_a_csv_of_a_chinese_bank_is_read_in_its_encoding() -> None:
    (line,) = reading.read(csv(PAID).decode().encode("gb18030")).lines

    assert line.other_name == "张三"


BOMB = '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE z SYSTEM "file:///etc/passwd">'
WHOLE = camt(PAID)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (camt(replace(PAID, words="x"), before=BOMB), FileHostile),
        (camt(PAID, before=OUTSIDE), FileHostile),
        (camt(PAID, before="<!DOCTYPE z>"), FileHostile),
        (b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>" + b"<a>" * 50_000, FileHostile),
        (WHOLE[: len(WHOLE) // 2], FileBroken),
        (WHOLE[:-12], FileBroken),
        (WHOLE + b"<more/>", FileBroken),
        (b"", FileBroken),
        (b" \n ", FileBroken),
        (b"<", FileBroken),
        (b"\x00" * 100, FileBroken),
        (WHOLE.replace(b"UTF-8", b"GB18030"), FileBroken),
        (WHOLE.replace(b"UTF-8", b"no-such"), FileBroken),
        (WHOLE.replace("张三".encode(), b"\xff\xfe\xff"), FileBroken),
        (WHOLE.replace(b"camt.054.001.08", b"pain.001.001.09"), FileUnknown),
        (b"<html><body/></html>", FileUnknown),
        (b"a,b,c\n1,2,3\n", FileUnknown),
        (csv(PAID).replace(b"account,", b"reference,", 1), FileUnknown),
        (b"%PDF-1.7 ...", FileUnknown),
        (b'account,reference,booked_at,amount,currency,direction\n"open,1,2,3,4,5\n', FileBroken),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_refused_by_name(content: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(Refusal) as raised:
        reading.read(content)

    assert type(raised.value) in {refusal, FileUnknown if content.startswith(b"\x00") else refusal}


def test_a_file_of_a_gigabyte_is_refused_after_what_may_be_read() -> None:
    class Endless(io.RawIOBase):
        given = 0

        @override
        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b" " * size

    stream = Endless()
    with pytest.raises(FileTooLarge):
        reading.content_of(stream)  # type: ignore[arg-type]

    assert stream.given <= FILE_MAX_BYTES + 100_000


def test_a_row_of_another_length_is_named() -> None:
    read = reading.read(csv(PAID) + b"1,2,3\n\n")

    assert (len(read.lines), [one.place for one in read.bad]) == (1, [3])


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    try:
        read = reading.read(content)
    except Refusal:
        return
    assert read.lines == ()


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(place: int, value: int) -> None:
    changed = WHOLE[:place] + bytes([value]) + WHOLE[place + 1 :]
    try:
        read = reading.read(changed)
    except Refusal:
        return
    assert len(read.lines) + len(read.bad) + read.not_booked <= 1


def test_a_payment_file_is_what_the_schema_asks_for() -> None:
    written = pain001.write(FILE)

    pain001.check(written)
    text = written.decode("utf-8")
    assert "<CtrlSum>70000.06</CtrlSum>" in text
    assert "<EndToEndId>G1</EndToEndId>" in text
    assert "<MmbId>102100099996</MmbId>" in text
    assert "<BICFI>ABCDCNBJ</BICFI>" in text
    assert "李 &amp; 四" in text
    assert pain001.total_minor(FILE) == 7_000_006


def test_a_file_the_schema_does_not_accept_is_not_written() -> None:
    with pytest.raises(NotByTheSchemaError):
        pain001.write(replace(FILE, id="x" * 36))


def test_the_same_file_is_written_byte_for_byte() -> None:
    assert pain001.write(FILE) == pain001.write(FILE)
