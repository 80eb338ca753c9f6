"""What follows from closes, done for many lots together by several processes: once each, in order, fault by fault."""

from __future__ import annotations

from collections import Counter
from threading import Thread

import pytest
from sqlalchemy import text

from auction.edges.inbox import giving_back
from auction.edges.jobs.following import follow
from auction.edges.jobs.sweep import give_back, sweep, sweeping
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket import reactions
from auction.foundation.docket.rules import first_fault
from auction.foundation.docket.setbacks import REST, Setbacks
from auction.foundation.kernel.roles import PLATFORM
from auction.gateways.clock import ManualClock
from auction.procedure.deposits import queries as deposits
from auction.procedure.papers import queries as papers
from auction.procedure.settlement import queries as settlement
from auction.procedure.treasury.rules import delay_after
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale

LOTS = ("L1", "L2", "L3")
DONE = {"deposit.applied": 1, "deposit.released": 1, "settlement.confirmed": 1}

_BREAK = text(
    "UPDATE money_orders SET subject_id = CASE WHEN :broken THEN subject_id || '?' ELSE rtrim(subject_id, '?') END"
    " WHERE lot_id = :lot AND kind = 'hold'"
)


@pytest.fixture
def sale(platform: Platform) -> Sale:
    """Return lots that have been sold and closed, with nothing done yet of what follows."""
    story = Sale(platform)
    story.open()
    for lot in LOTS:
        story.announce(lot)
    for lot in LOTS:
        story.admit("A", lot)
        story.admit("B", lot)
    story.until_open()
    for lot in LOTS:
        story.bid("A", START_MINOR, lot)
    for lot in LOTS:
        story.close_only(lot)
    return story


def clock(sale: Sale) -> ManualClock:
    assert isinstance(sale.platform.clock, ManualClock)
    return sale.platform.clock


def break_books(sale: Sale, *, lot: str, broken: bool = True) -> None:
    """Take the sign away that a lot's deposits were paid, as no command can; or put it back."""
    with sale.platform.act() as act:
        act.session.execute(_BREAK, {"lot": lot, "broken": broken})


def followed(sale: Sale, lot: str) -> dict[str, int]:
    """Return how often each of what follows has been entered in a lot's docket."""
    with sale.platform.read() as session:
        entries = docket.entries(session, f"lot:{lot}")
    assert first_fault(entries) is None
    counted = Counter(entry.kind for entry in entries)
    return {kind: counted[kind] for kind in DONE if counted[kind]}


def statuses(sale: Sale, lot: str) -> list[str]:
    with sale.platform.read() as session:
        return sorted(one.status for one in deposits.deposits_of_lot(session, lot=lot))


def test_what_follows_is_done_once_for_each_of_several_lots(sale: Sale) -> None:
    sweep(sale.platform)
    give_back(sale.platform)
    assert [followed(sale, lot) for lot in LOTS] == [DONE] * len(LOTS)
    with sale.platform.read() as session:
        for lot in LOTS:
            assert len(papers.of_subject(session, kind="confirmation", subject=lot)) == 1
            deal = settlement.settlement(session, lot)
            assert deal is not None
            assert deal.deposit_minor == DEPOSIT_MINOR
    money = sale.money()
    assert (money.held_minor, money.refundable_minor) == (0, 0)
    assert money.proceeds_minor == DEPOSIT_MINOR * len(LOTS)


def test_processes_that_sweep_at_once_do_everything_once(sale: Sale) -> None:
    def work() -> None:
        for _ in range(4):
            sweep(sale.platform)
            give_back(sale.platform)

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [followed(sale, lot) for lot in LOTS] == [DONE] * len(LOTS)
    assert sale.money().proceeds_minor == DEPOSIT_MINOR * len(LOTS)


def test_what_another_process_is_at_is_passed_over_and_each_chain_keeps_its_order(sale: Sale) -> None:
    with sale.platform.act() as first, sale.platform.act() as second, sale.platform.act() as third:
        for act, ran in ((first, 1), (second, 1), (third, 1)):
            names = reactions.run_some(act, window=1, setbacks=Setbacks())
            assert [name.rpartition(".")[2] for name in names] == ["stop_selling"] * ran
        with sale.platform.act() as fourth:
            # All that is left are later reactions of the same three chains.
            assert reactions.run_some(fourth, window=100, setbacks=Setbacks()) == []
    with sale.platform.act() as act:
        names = reactions.run_some(act, window=100, setbacks=Setbacks())
    assert [name.rpartition(".")[2] for name in names] == ["settle_deposits"] * len(LOTS)


def test_a_fault_in_one_lot_keeps_only_that_lot_waiting(sale: Sale) -> None:
    break_books(sale, lot="L2")
    setbacks = Setbacks()
    for _ in range(2):
        # First among the others, then alone.
        with pytest.raises(KeyError):
            follow(sale.platform, setbacks=setbacks)
    sweep(sale.platform, setbacks=setbacks)
    give_back(sale.platform)
    assert [followed(sale, lot) for lot in LOTS] == [DONE, {}, DONE]
    assert statuses(sale, "L2") == ["held", "held"]
    break_books(sale, lot="L2", broken=False)
    sweep(sale.platform, setbacks=setbacks)
    assert followed(sale, "L2") == {}
    clock(sale).set(clock(sale).now() + REST)
    sweep(sale.platform, setbacks=setbacks)
    give_back(sale.platform)
    assert followed(sale, "L2") == DONE
    assert setbacks == Setbacks()


def test_a_reaction_this_program_does_not_know_holds_up_no_other_lot(sale: Sale) -> None:
    with sale.platform.act() as act:
        act.session.execute(
            text(
                "UPDATE docket_reactions SET reaction = 'later.version' WHERE chain = 'lot:L1' AND reaction LIKE :name"
            ),
            {"name": "%stop_selling"},
        )
    setbacks = Setbacks()
    with pytest.raises(LookupError):
        follow(sale.platform, setbacks=setbacks)
    sweep(sale.platform, setbacks=setbacks)
    give_back(sale.platform)
    assert [followed(sale, lot) for lot in LOTS] == [{}, DONE, DONE]


def test_a_confirmation_that_breaks_off_keeps_only_its_own_lot_waiting(sale: Sale) -> None:
    follow(sale.platform, setbacks=Setbacks())
    with sale.platform.act() as act:
        act.session.execute(text("UPDATE deposits SET status = 'lapsed' WHERE lot_id = 'L1' AND status = 'refundable'"))
    with pytest.raises(ValueError, match="does not go from"):
        giving_back.give_back_some(sale.platform)
    clock(sale).set(clock(sale).now() + delay_after(1))
    with pytest.raises(ValueError, match="does not go from"):
        giving_back.give_back_some(sale.platform)
    assert [statuses(sale, lot)[1:] for lot in LOTS] == [["lapsed"], ["released"], ["released"]]
    with sale.platform.act() as act:
        act.session.execute(text("UPDATE deposits SET status = 'refundable' WHERE lot_id = 'L1' AND status = 'lapsed'"))
    clock(sale).set(clock(sale).now() + delay_after(2))
    assert giving_back.give_back_some(sale.platform) == 1
    assert sale.money().refundable_minor == 0


def test_nothing_follows_while_history_is_made(sale: Sale) -> None:
    with sweeping(sale.platform):
        sweep(sale.platform)
        assert give_back(sale.platform) == 0
        assert [followed(sale, lot) for lot in LOTS] == [{}] * len(LOTS)
    with sale.platform.act(PLATFORM) as act:
        assert reactions.waiting(act.session, more_than=0)
