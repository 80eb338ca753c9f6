"""The life of a lot as a partner hears of it from the running program: verified, whole, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

import httpx
import pytest

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.roles import PLATFORM, Role
from auction.procedure.bidding import queries as bidding
from auction.procedure.identity import commands as identity
from auction.procedure.partners import commands as partners
from auction.procedure.partners.rules import KINDS
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.queries import SettlementRecord
from tests.edges.receiver import Receiver
from tests.procedure.selling import INCREMENT_MINOR, START_MINOR, Sale, person_actor
from tests.program.running import Place, tell, wait_until

pytestmark = pytest.mark.xdist_group("program")
LOT = "L1"


@pytest.fixture
def beside(serving: Place) -> Iterator[Platform]:
    """The platform in this process, on the data of the running program."""
    with serving.platform() as platform:
        yield platform


def test_a_partner_is_told_of_a_lots_whole_life_though_it_was_down_for_a_while(
    serving: Place, beside: Platform
) -> None:
    receiver = Receiver()
    sale = Sale(beside)
    with ExitStack() as up:
        up.enter_context(receiver.up())
        _partner_at(beside, receiver)
        sale.open()
        sale.announce(LOT)
        tokens = {person: _admitted(serving, sale, person) for person in "AB"}
        _to(serving, "opens_at")
        wait_until(lambda: serving.state(LOT)["status"] == "open", what="the opening")
        _bid(serving, tokens["A"], START_MINOR)
        wait_until(lambda: "bid.accepted" in _heard(receiver), what="the first bid to be told")
    heard_before = len(receiver.seqs(LOT))
    # Nobody listens any more: the second bid, the extension and the close happen meanwhile.
    _to(serving, "ends_at", before=timedelta(minutes=2))
    _bid(serving, tokens["B"], START_MINOR + INCREMENT_MINOR)
    _to(serving, "ends_at", before=timedelta(seconds=2))
    wait_until(lambda: serving.state(LOT)["status"] == "closed", what="the close")
    assert len(receiver.seqs(LOT)) == heard_before
    with receiver.up():
        serving.clock.move(by=timedelta(minutes=20))
        _pay(beside, "B")
        with beside.act(PLATFORM) as act:
            settlement.rule(act, lot=LOT)
        wait_until(lambda: "lot.ruled" in _heard(receiver), what=f"the ruling to be told; heard {_heard(receiver)}")
    _check(beside, receiver)


def _check(platform: Platform, receiver: Receiver) -> None:
    """Everything verified, nothing twice, in the docket's order, and each told entry is the docket's own."""
    assert _heard(receiver) == [
        "lot.announced", "lot.opened", "bid.accepted", "bid.accepted", "lot.extended", "lot.closed", "lot.ruled",
    ]  # fmt: skip
    with platform.read() as session:
        entries = docket.of_kinds(session, f"lot:{LOT}", KINDS)
    told = [one for one in receiver.taken if one.lot == LOT]
    assert [one.payload["data"]["entry"] for one in told] == [
        json.loads(json.dumps(entry.as_json())) for entry in entries
    ]
    assert len({one.id for one in told}) == len(told)
    assert receiver.forged == []
    tell(
        f"{len(told)} entries of the lot told and verified; {len(receiver.taken)} in all, {len(receiver.visits)} visits"
    )


def _heard(receiver: Receiver) -> list[str]:
    return [one.type for one in receiver.taken if one.lot == LOT]


def _partner_at(platform: Platform, receiver: Receiver) -> None:
    with platform.act(PLATFORM) as act:
        made = partners.register_partner(act, name="某网络司法拍卖平台", contact="ops@partner.example")
        keyed = partners.add_endpoint(act, partner=made.partner.id, url=receiver.url, loopback_allowed=True)
    receiver.secret = keyed.secret


def _admitted(serving: Place, sale: Sale, person: str) -> str:
    """Register somebody, pay the deposit, wait until the program has it, and return a token to bid with."""
    found = sale.join(person, LOT)
    sale.deposit(found)
    with sale.platform.act(PLATFORM) as act:
        account = identity.open_account(
            act, login=f"buyer-{person.lower()}", password=None, name=person, roles=[Role.BIDDER], person=person
        )
        token, _ = identity.issue_key(act, account=account.id, scopes=["bid"], label="test")

    def admitted() -> bool:
        with sale.platform.read() as session:
            return bidding.registration(session, found.id).status == "admitted"

    wait_until(admitted, what=f"the deposit of {person}; the program said: {serving.said}")
    return token


def _bid(serving: Place, token: str, amount_minor: int) -> None:
    answer = httpx.post(
        f"{serving.url}/api/v1/lots/{LOT}/bids",
        json={"amount_minor": amount_minor, "bid_id": f"bid-{amount_minor}"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )
    assert answer.status_code == 201, answer.text


def _to(serving: Place, what: str, *, before: timedelta = timedelta(seconds=1)) -> None:
    serving.move_to(datetime.fromisoformat(serving.state(LOT)[what]) - before)


def _pay(platform: Platform, person: str) -> None:
    """Pay the balance once the sale is confirmed, and wait until the price is whole."""

    def record() -> SettlementRecord | None:
        with platform.read() as session:
            return settlements.settlement(session, LOT)

    wait_until(lambda: record() is not None, what="the confirmation of the sale")
    confirmed = record()
    assert confirmed is not None
    with platform.act(person_actor(person)) as act:
        settlement.pay_balance(act, lot=LOT, amount_minor=confirmed.due_minor)
    wait_until(lambda: (found := record()) is not None and found.paid_at is not None, what="the balance")
