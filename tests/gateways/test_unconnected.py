from __future__ import annotations

from dataclasses import replace

import pytest

from auction.edges.platform import create_platform
from auction.gateways.clock import ManualClock
from auction.gateways.port import GatewayUnavailable, MoneyOrder, OrderKind, send
from auction.gateways.unconnected import UnconnectedGateway
from auction.settings import Settings


@pytest.mark.parametrize("kind", list(OrderKind))
def test_nothing_is_carried_out(kind: OrderKind) -> None:
    order = MoneyOrder(id="G1", kind=kind, amount_minor=1, currency="CNY", case="C1", lot=None, party=None)
    with pytest.raises(GatewayUnavailable, match="G1 waits"):
        send(UnconnectedGateway(), order)


def test_only_a_demo_has_the_sandbox(settings: Settings, database_url: str, clock: ManualClock) -> None:
    for demo, name in ((True, "sandbox"), (False, "unconnected")):
        platform = create_platform(replace(settings, demo=demo), database_url, clock=clock)
        assert platform.gateway.name == name
        platform.database.dispose()
