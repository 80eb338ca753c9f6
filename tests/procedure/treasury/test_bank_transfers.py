"""Payment files: gathered by one, released by another, each order in one file, and what the bank says of them."""

from __future__ import annotations

import hashlib

import pytest

from auction.edges.inbox import reconciling
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import AuthForbidden, NotFound
from auction.foundation.kernel.roles import Actor
from auction.gateways.port import OrderKind
from auction.procedure.treasury import orders, payees, transfer_queries, transfers
from auction.procedure.treasury.bank_refusals import (
    BatchNotDrafted,
    BatchNotReleased,
    BatchOutdated,
    LineDoesNotFit,
    NothingToPay,
    SecondLookNeeded,
)
from auction.procedure.treasury.bank_rules import Why
from auction.procedure.treasury.transfer_queries import BatchRecord, BatchStatus
from tests.peers.bank import Told, carried_out
from tests.procedure.selling import DEPOSIT_MINOR, Sale, person_actor
from tests.procedure.treasury.banking import ELSEWHERE, FINANCE, HEAD, OFFICER, SECOND, Banking


@pytest.fixture
def bank(platform: Platform) -> Banking:
    """Return a closed lot whose loser waits for his deposit, paid by bank."""
    story = Banking(Sale(platform))
    story.open()
    story.told(*(story.payment(story.asked(person)) for person in ("A", "B")))
    story.sale.until_open()
    story.sale.bid("A", 70_000_000)
    story.sale.until_closed()
    return story


def draft(bank: Banking, actor: Actor = FINANCE) -> BatchRecord:
    with bank.platform.act(actor) as act:
        return transfers.draft_batch(act, court="T1")


def release(bank: Banking, batch: str, actor: Actor = HEAD) -> BatchRecord:
    with bank.platform.act(actor) as act:
        return transfers.release_batch(act, batch=batch)


def content(bank: Banking, batch: str) -> bytes:
    with bank.platform.read() as session:
        return transfer_queries.content(session, batch)


def test_a_refund_goes_where_the_deposit_came_from(bank: Banking) -> None:
    batch = draft(bank)
    with pytest.raises(BatchNotReleased):
        content(bank, batch.id)

    done = release(bank, batch.id)

    file = content(bank, batch.id)
    (debit,) = carried_out(file)
    assert (debit.name, debit.account, debit.yuan) == ("买家B", "6217000010001234567", "70000.00")
    assert (done.status, done.transfers, done.total_minor) == (BatchStatus.RELEASED, 1, DEPOSIT_MINOR)
    assert done.digest == hashlib.sha256(file).hexdigest()
    with bank.platform.read() as session:
        (entry,) = docket.of_kinds(session, "case:C1", ["bank.file_released"])
    assert entry.public == {
        "file": batch.id,
        "transfers": 1,
        "amount_minor": DEPOSIT_MINOR,
        "digest": done.digest,
    }
    assert bank.told(debit, kind="053").matched == 1
    assert bank.in_case() == DEPOSIT_MINOR
    bank.sale.after(minutes=10)
    assert reconciling.reconcile(bank.platform).agrees


def test_one_person_does_not_release_alone_and_nobody_from_elsewhere(bank: Banking) -> None:
    batch = draft(bank)

    with pytest.raises(SecondLookNeeded):
        release(bank, batch.id, FINANCE)
    for actor in (ELSEWHERE, OFFICER, person_actor("B")):
        with pytest.raises(AuthForbidden):
            release(bank, batch.id, actor)
        with pytest.raises(AuthForbidden):
            draft(bank, actor)
    with pytest.raises(NotFound):
        release(bank, "Z-none")

    assert release(bank, batch.id, SECOND).released_by == SECOND.id
    with pytest.raises(BatchNotDrafted):
        release(bank, batch.id)


def test_an_order_is_in_one_file_only(bank: Banking) -> None:
    batch = draft(bank)
    with pytest.raises(NothingToPay):
        draft(bank)

    with bank.platform.act(FINANCE) as act:
        transfers.cancel_batch(act, batch=batch.id)
    with pytest.raises(BatchNotDrafted):
        release(bank, batch.id)

    again = draft(bank)
    release(bank, again.id)
    with pytest.raises(NothingToPay):
        draft(bank)


def test_a_transfer_the_bank_refused_is_due_again_and_goes_in_a_new_file(bank: Banking) -> None:
    batch = draft(bank)
    with bank.platform.read() as session:
        (item,) = transfer_queries.items(session, batch.id)
    with pytest.raises(NotFound), bank.platform.act(FINANCE) as act:
        transfers.note_refused(act, batch=batch.id, order=item.order.id)
    release(bank, batch.id)

    with bank.platform.act(FINANCE) as act:
        refused = transfers.note_refused(act, batch=batch.id, order=item.order.id)
    assert refused.last_error == "bank.refused"
    with pytest.raises(NothingToPay):
        draft(bank)
    with bank.platform.act(FINANCE) as act:
        orders.retry_order(act, order=item.order.id)
    settle(bank.platform)

    second = draft(bank)
    release(bank, second.id)
    (debit,) = carried_out(content(bank, second.id))
    assert bank.told(debit, kind="053").matched == 1
    with pytest.raises(LineDoesNotFit), bank.platform.act(FINANCE) as act:
        transfers.note_refused(act, batch=second.id, order=item.order.id)


def test_what_was_done_meanwhile_makes_a_draft_outdated(bank: Banking) -> None:
    batch = draft(bank)
    with bank.platform.read() as session:
        (item,) = transfer_queries.items(session, batch.id)
    by_hand = Told(yuan="70000.00", credit=False, reference="HAND", end_to_end=item.order.id)
    assert bank.told(by_hand, kind="053").matched == 1

    with pytest.raises(BatchOutdated):
        release(bank, batch.id)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"yuan": "69999.99"}, Why.AMOUNT_DIFFERS),
        ({"end_to_end": "G-none"}, Why.UNKNOWN_REFERENCE),
        ({"reversal": True}, Why.REVERSAL),
    ],
)
def test_a_debit_that_is_not_what_was_ordered_waits_on_the_desk(
    bank: Banking, changes: dict[str, object], why: Why
) -> None:
    batch = draft(bank)
    release(bank, batch.id)
    (debit,) = carried_out(content(bank, batch.id))

    bank.told(Told(**(debit.__dict__ | changes)), kind="053")

    assert [one.why for one in bank.desk()] == [why]
    assert bank.in_case() == 2 * DEPOSIT_MINOR


def test_a_transfer_paid_twice_is_seen(bank: Banking) -> None:
    batch = draft(bank)
    release(bank, batch.id)
    file = content(bank, batch.id)

    bank.told(*carried_out(file), *carried_out(file, prefix="AGAIN"), kind="053")

    assert [one.why for one in bank.desk()] == [Why.PAID_TWICE]
    assert bank.in_case() == DEPOSIT_MINOR


def test_who_has_no_account_waits_and_is_shown(bank: Banking) -> None:
    with bank.platform.act() as act:
        orders.request_order(
            act,
            kind=OrderKind.PAYOUT,
            purpose="unclaimed",
            subject="nothing",
            case="C1",
            lot=None,
            party="D-C1",
            amount_minor=1,
            way="bank",
        )
    settle(bank.platform)
    with bank.platform.read() as session:
        shown = {one.order.party: one.to for one in transfer_queries.to_pay(session, court="T1")}
    assert shown["D-C1"] is None
    assert draft(bank).transfers == 1

    with bank.platform.act(OFFICER) as act:
        payees.enter_payee_account(act, owner="D-C1", holder="赵某", number="6217000015555555555", bank="某行")
    assert draft(bank).transfers == 1
