"""What the journeys after the close share: a lot that goes from round to round by the buttons the desk offers."""

from __future__ import annotations

from datetime import datetime, timedelta

from auction.foundation.kernel.calendar import SHANGHAI
from tests.journeys.court import Court
from tests.journeys.people import Person

#: By a day after the close the winner's deposit is with the court.
DEPOSITS_MOVED = timedelta(hours=25)
#: How often a person looks again before giving up.
_PATIENCE = 40


def drafted(court: Court, failed: str, *, button: str) -> tuple[str, datetime]:
    """Press the desk's button to the next round as it is filled in, and return the lot and when it opens.

    :param failed: the public address of the lot whose place it takes
    """
    officer = court.officer.go(f"/court{failed}/settlement").follow(button)
    opens_at = datetime.fromisoformat(officer.page.get_by_label("开拍时间").input_value()).replace(tzinfo=SHANGHAI)
    return officer.press("拟定").at, opens_at


def sold(buyer: Person, lot: str, *, ends_at: datetime) -> None:
    """Let a lot end to the second, as the outage rule wants, and the winner's deposit reach the court a day later.

    The buyer's page turns by itself.
    """
    buyer.site.wait_until(ends_at)
    buyer.sees("您已竞得")
    own = buyer.go("/my").page.locator(f"a[href='{lot}/settlement']")
    for _ in range(_PATIENCE):
        if own.count():
            break
        buyer.page.wait_for_timeout(300)
        buyer.go("/my")
    buyer.site.wait(DEPOSITS_MOVED)
    buyer.go(f"{lot}/settlement")


def leads(bidder: Person, lot: str, *, opens_at: datetime, yuan: str, far: bool = False) -> None:
    """Wait on the lot's page until bidding opens, and bid."""
    bidder.go(lot).site.wait_until(opens_at)
    bidder.sees("最低可出价").bid(yuan, far=far).sees("您领先")


def start_price(officer: Person) -> str:
    """Return the start price that the page suggests, in figures."""
    return officer.page.locator(".pairs__sum", has_text="建议起拍价").locator("dd").inner_text().splitlines()[0]


def figures(one: Person, table: str) -> list[tuple[str, str]]:
    """Return the rows of a table of uses: what for, and the last column."""
    rows = one.page.locator(f"table[data-forfeit={table}] tbody tr").all()
    return [(row.locator("th").inner_text().strip(), row.locator("td").last.inner_text().strip()) for row in rows]
