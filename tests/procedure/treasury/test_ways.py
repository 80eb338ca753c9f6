"""Which ways to pay a court takes, up to which amounts; hostile values change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.gateways.port import OrderKind
from auction.procedure.deposits.commands import pay_deposit
from auction.procedure.distribution import commands as distribution
from auction.procedure.identity.commands import add_court
from auction.procedure.settlement.commands import pay_balance
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury import ways, ways_rules
from auction.procedure.treasury.ways import CourtAccount
from auction.procedure.treasury.ways_rules import Purpose, Way, WayNotOffered, WhyNot
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor

ALL = ("sandbox", "stripe", "bank")


def head_of(court: str) -> Actor:
    return Actor(id=f"U-head-{court}", name="局长", roles=frozenset({Role.HEAD}), court=court)


@pytest.fixture
def sale(platform: Platform) -> Sale:
    story = Sale(platform)
    story.open()
    story.announce()
    return story


def name_ways(sale: Sale, purpose: str, *given: dict[str, object], actor: Actor = PLATFORM, court: str = "T1") -> None:
    with sale.platform.act(actor) as act:
        ways.set_ways(act, court=court, purpose=purpose, ways=given)


def named(sale: Sale, purpose: Purpose = Purpose.DEPOSIT) -> list[Way]:
    with sale.platform.read() as session:
        return ways.taken(session, court="T1", purpose=purpose)


def entered(sale: Sale, kind: str) -> list[dict[str, Any]]:
    with sale.platform.read() as session:
        return [dict(one.public) for one in docket.of_kinds(session, "court:T1", [kind])]


# --- the rules alone ---------------------------------------------------------------------------------------------


def test_where_a_court_has_said_nothing_all_that_is_connected_is_open() -> None:
    found = ways_rules.offers([], connected={"bank", "sandbox"}, amount_minor=1)
    assert [(one.gateway, one.why_not) for one in found] == [("sandbox", None), ("bank", None)]


def test_over_a_limit_one_is_told_before_paying() -> None:
    taken = [Way("stripe", up_to_minor=5_000_00), Way("bank")]
    at = {minor: ways_rules.offers(taken, connected=ALL, amount_minor=minor) for minor in (5_000_00, 5_000_01)}
    assert [one.why_not for one in at[5_000_00]] == [None, None]
    assert [one.why_not for one in at[5_000_01]] == [WhyNot.OVER_LIMIT, None]
    assert "银行转账" in at[5_000_01][0].why[0]
    assert "bank" in at[5_000_01][0].why[1]


def test_a_service_has_a_limit_of_its_own_that_no_court_can_lift() -> None:
    most = ways_rules.SERVICE_LIMITS["stripe"]
    assert ways_rules.choose([Way("stripe", up_to_minor=MINOR_MAX)], wanted="stripe", amount_minor=most) == "stripe"
    with pytest.raises(WayNotOffered):
        ways_rules.choose([Way("stripe", up_to_minor=MINOR_MAX)], wanted="stripe", amount_minor=most + 1)
    with pytest.raises(WayNotOffered):
        ways_rules.choose([], wanted="stripe", amount_minor=most + 1)


def test_what_is_not_connected_or_has_no_account_is_shut() -> None:
    found = ways_rules.offers([Way("stripe"), Way("bank")], connected={"bank"}, amount_minor=1, has_account=False)
    assert [one.why_not for one in found] == [WhyNot.NOT_CONNECTED, WhyNot.NO_ACCOUNT]


def test_a_court_that_has_named_its_ways_chooses_by_the_amount() -> None:
    taken = [Way("stripe", up_to_minor=100), Way("bank")]
    assert ways_rules.choose(taken, wanted=None, amount_minor=100) == "stripe"
    assert ways_rules.choose(taken, wanted=None, amount_minor=101) == "bank"
    with pytest.raises(WayNotOffered):
        ways_rules.choose([Way("stripe", up_to_minor=100)], wanted=None, amount_minor=101)
    assert ways_rules.choose([], wanted=None, amount_minor=MINOR_MAX) is None


@pytest.mark.parametrize(
    "wanted", ["", "cash", "STRIPE", "bank ", "银行", "b" * 10_000, 7, True, 1.5, [], {}, object(), "stripe\x00"]
)
@pytest.mark.parametrize("taken", [[], [Way("bank")]])
def test_a_way_nobody_knows_is_refused_by_name(wanted: object, taken: list[Way]) -> None:
    with pytest.raises(WayNotOffered) as refusal:
        ways_rules.choose(taken, wanted=cast("str", wanted), amount_minor=1)
    assert refusal.value.code == "payment.way_not_offered"
    assert len(refusal.value.message("zh")) < 200


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("6222 0212-3456 7890 123", "6222021234567890123"),
        ("de89370400440532013000", "DE89370400440532013000"),
        ("1234", None),
        ("1" * 35, None),
        ("ABCDEF", None),
        ("６２２２０２１", None),
        ("12345; DROP", None),
        ("", None),
    ],
)
def test_an_account_number_is_read_as_banks_print_it(typed: str, read: str | None) -> None:
    assert ways_rules.account_number(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1021 0000 1234", "102100001234"),
        ("icbkcnbj", "ICBKCNBJ"),
        ("ICBKCNBJBJM", "ICBKCNBJBJM"),
        ("10210000123", None),
        ("ICBKCNB", None),
        ("工商银行", None),
    ],
)
def test_a_bank_is_known_by_its_number_in_the_payment_systems(typed: str, read: str | None) -> None:
    assert ways_rules.bank_code(typed) == read


# --- a court names its ways and its account ----------------------------------------------------------------------


def test_the_ways_are_kept_in_order_and_each_change_stays_in_the_courts_docket(sale: Sale) -> None:
    name_ways(sale, "deposit", {"gateway": "stripe", "up_to_minor": 10_000_00}, {"gateway": "bank"})
    assert named(sale) == [Way("stripe", 10_000_00), Way("bank")]
    name_ways(sale, "deposit", {"gateway": "stripe", "up_to_minor": 10_000_00}, {"gateway": "bank"})
    name_ways(sale, "deposit", {"gateway": "bank"}, {"gateway": "stripe"})
    assert named(sale) == [Way("bank"), Way("stripe")]
    name_ways(sale, "deposit")
    assert named(sale) == []
    assert [len(one["ways"]) for one in entered(sale, "court.ways_set")] == [2, 2, 0]
    assert named(sale, Purpose.BALANCE) == []


@pytest.mark.parametrize(
    "given",
    [
        [{"gateway": "cash"}],
        [{"gateway": "bank"}, {"gateway": "bank"}],
        [{"gateway": "bank", "up_to_minor": 0}],
        [{"gateway": "bank", "up_to_minor": -1}],
        [{"gateway": "bank", "up_to_minor": MINOR_MAX + 1}],
        [{"gateway": "bank", "up_to_minor": "100"}],
        [{"gateway": "bank", "up_to_minor": 1.5}],
        [{"gateway": "bank", "up_to_minor": True}],
        [{"gateway": "bank", "fee": 1}],
        [{}],
        ["bank"],
        "bank",
        None,
        [{"gateway": "bank"}] * 4,
    ],
)
def test_malformed_ways_change_nothing(sale: Sale, given: Any) -> None:  # noqa: ANN401 - hostile values
    name_ways(sale, "deposit", {"gateway": "bank"})
    with pytest.raises(InputMalformed), sale.platform.act(PLATFORM) as act:
        ways.set_ways(act, court="T1", purpose="deposit", ways=given)
    assert named(sale) == [Way("bank")]
    assert len(entered(sale, "court.ways_set")) == 1


def test_an_unknown_purpose_and_an_unknown_court_are_refused(sale: Sale) -> None:
    with pytest.raises(InputMalformed):
        name_ways(sale, "gift", {"gateway": "bank"})
    with pytest.raises(NotFound):
        name_ways(sale, "deposit", {"gateway": "bank"}, court="T9")


ACCOUNT = {"holder": "北京市朝阳区人民法院", "number": "0200 0000 1111 2222", "bank": "工商银行北京朝阳支行"}


def set_account(
    sale: Sale, actor: Actor = PLATFORM, court: str = "T1", changes: Mapping[str, object] | None = None
) -> CourtAccount:
    with sale.platform.act(actor) as act:
        return ways.set_court_account(act, court=court, **cast("dict[str, str]", {**ACCOUNT, **(changes or {})}))


def test_the_account_is_found_by_its_number_however_it_is_written(sale: Sale) -> None:
    found = set_account(sale, changes={"bank_code": "1021 0000 1234"})
    assert (found.number, found.bank_code) == ("0200000011112222", "102100001234")
    assert set_account(sale, changes={"bank_code": "102100001234"}) == found
    assert len(entered(sale, "court.account_set")) == 1
    with sale.platform.read() as session:
        assert ways.court_account(session, "T1") == found
        assert ways.court_of_account(session, "0200-0000-1111-2222") == "T1"
        assert ways.court_of_account(session, "0200-0000-1111-2223") is None
        assert ways.court_of_account(session, "'; --") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "12"},
        {"number": "账号"},
        {"number": None},
        {"number": 6222021234567890},
        {"holder": ""},
        {"holder": "名" * 101},
        {"bank": "\x00"},
        {"bank": None},
        {"bank_code": "123"},
        {"bank_code": 102100001234},
    ],
)
def test_a_malformed_account_changes_nothing(sale: Sale, changes: dict[str, object]) -> None:
    with pytest.raises(InputMalformed):
        set_account(sale, changes=changes)
    with sale.platform.read() as session:
        assert ways.court_account(session, "T1") is None


def test_two_courts_never_share_an_account(sale: Sale) -> None:
    set_account(sale)
    with sale.platform.act(PLATFORM) as act:
        add_court(act, id="T2", name="北京市海淀区人民法院")
    with pytest.raises(InputMalformed) as refusal:
        set_account(sale, court="T2")
    assert "number" in refusal.value.message("zh")


def test_the_head_sets_his_own_courts_ways_and_no_other(sale: Sale) -> None:
    name_ways(sale, "payout", {"gateway": "bank"}, actor=head_of("T1"))
    set_account(sale, actor=head_of("T1"))
    for act_on in (
        lambda: name_ways(sale, "payout", actor=head_of("T2")),
        lambda: set_account(sale, actor=head_of("T2"), changes={"number": "999999999"}),
    ):
        with pytest.raises(AuthForbidden):
            cast("Callable[[], None]", act_on)()
    assert named(sale, Purpose.PAYOUT) == [Way("bank")]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.HEAD, Role.PLATFORM}))
def test_nobody_else_sets_them(sale: Sale, role: Role) -> None:
    with pytest.raises(AuthForbidden):
        name_ways(sale, "deposit", {"gateway": "bank"}, actor=Actor(id="U", name="U", roles=frozenset({role})))
    assert named(sale) == []


# --- what is refused before money is asked for ---------------------------------------------------------------------


def hold_order(sale: Sale, person: str, way: str | None) -> treasury.OrderRecord:
    found = sale.join(person)
    with sale.platform.act(person_actor(person)) as act:
        paid = pay_deposit(act, lot="L1", registration=found.id, amount_minor=DEPOSIT_MINOR, way=way)
    assert paid.order
    with sale.platform.read() as session:
        return treasury.order(session, paid.order)


def test_a_deposit_goes_by_the_way_chosen_or_by_the_courts_first(sale: Sale) -> None:
    assert hold_order(sale, "A", None).way is None
    name_ways(sale, "deposit", {"gateway": "stripe", "up_to_minor": DEPOSIT_MINOR - 1}, {"gateway": "bank"})
    assert hold_order(sale, "B", None).way == "bank"
    name_ways(sale, "deposit", {"gateway": "stripe", "up_to_minor": DEPOSIT_MINOR}, {"gateway": "bank"})
    assert hold_order(sale, "C", None).way == "stripe"
    assert hold_order(sale, "E", "bank").way == "bank"


@pytest.mark.parametrize("way", ["stripe", "sandbox", "cash"])
def test_a_deposit_by_a_way_the_court_does_not_take_is_refused_and_asks_for_nothing(sale: Sale, way: str) -> None:
    name_ways(sale, "deposit", {"gateway": "stripe", "up_to_minor": DEPOSIT_MINOR - 1}, {"gateway": "bank"})
    found = sale.join("A")
    with pytest.raises(WayNotOffered), sale.platform.act(person_actor("A")) as act:
        pay_deposit(act, lot="L1", registration=found.id, amount_minor=DEPOSIT_MINOR, way=way)
    with sale.platform.read() as session:
        assert treasury.orders_of_case(session, case="C1") == []


def test_two_tabs_by_two_ways_leave_one_order_alive(sale: Sale) -> None:
    found = sale.join("A")
    orders = []
    for way in ("bank", "sandbox", "bank"):
        with sale.platform.act(person_actor("A")) as act:
            paid = pay_deposit(act, lot="L1", registration=found.id, amount_minor=DEPOSIT_MINOR, way=way)
        orders.append(paid.order)
    assert orders[1:] == [None, None]
    with sale.platform.read() as session:
        (only,) = treasury.orders_of_case(session, case="C1")
    assert (only.id, only.way) == (orders[0], "bank")


def test_a_balance_by_a_way_the_court_does_not_take_is_refused(sale: Sale) -> None:
    sale.sold()
    name_ways(sale, "balance", {"gateway": "bank"})
    due = START_MINOR - DEPOSIT_MINOR
    with pytest.raises(WayNotOffered), sale.platform.act(person_actor("A")) as act:
        pay_balance(act, lot="L1", amount_minor=due, way="sandbox")
    with sale.platform.act(person_actor("A")) as act:
        pay_balance(act, lot="L1", amount_minor=due, way="bank")
    with sale.platform.read() as session:
        (only,) = [one for one in treasury.orders_of_case(session, case="C1") if one.kind is OrderKind.CHARGE]
    assert only.way == "bank"


# --- what the court pays goes by its own ways ------------------------------------------------------------------------


@pytest.fixture
def proposed(sale: Sale) -> Sale:
    """A plan whose payment is proposed: 60,000,000 fen to K1, the rest to the debtor."""
    sale.sold()
    with sale.platform.act(person_actor("A")) as act:
        pay_balance(act, lot="L1", amount_minor=START_MINOR - DEPOSIT_MINOR)
    settle(sale.platform)
    with sale.platform.act(PLATFORM) as act:
        distribution.plan_distribution(act, case="C1")
    with sale.platform.act(PLATFORM) as act:
        distribution.serve_plan(act, case="C1")
    sale.after(days=30)
    with sale.platform.act(Actor(id="U-finance", name="财务", roles=frozenset({Role.FINANCE}))) as act:
        distribution.pay_out(act, case="C1")
    return sale


def test_each_line_is_paid_by_the_way_that_fits_its_amount(proposed: Sale) -> None:
    name_ways(proposed, "payout", {"gateway": "sandbox", "up_to_minor": START_MINOR - 60_000_000}, {"gateway": "bank"})
    with proposed.platform.act(PLATFORM) as act:
        distribution.release_payout(act, case="C1")
    with proposed.platform.read() as session:
        paid = [one for one in treasury.orders_of_case(session, case="C1") if one.kind is OrderKind.PAYOUT]
    assert {one.amount_minor: one.way for one in paid} == {60_000_000: "bank", START_MINOR - 60_000_000: "sandbox"}


def test_a_payment_no_way_reaches_is_refused_by_name_and_stays_proposed(proposed: Sale) -> None:
    name_ways(proposed, "payout", {"gateway": "sandbox", "up_to_minor": 59_999_999})
    with pytest.raises(WayNotOffered), proposed.platform.act(PLATFORM) as act:
        distribution.release_payout(act, case="C1")
    with proposed.platform.read() as session:
        assert not [one for one in treasury.orders_of_case(session, case="C1") if one.kind is OrderKind.PAYOUT]
    name_ways(proposed, "payout")
    with proposed.platform.act(PLATFORM) as act:
        distribution.release_payout(act, case="C1")
