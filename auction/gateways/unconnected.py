"""No gateway at all: what a platform has until one is connected. Orders wait, and nobody is told they were paid."""

from __future__ import annotations

from typing import NoReturn

from auction.gateways.port import GatewayUnavailable, MoneyOrder, Receipt


class UnconnectedGateway:
    """Carries out nothing. The sandbox is for demonstrations, scenarios and tests only."""

    @property
    def name(self) -> str:
        """The name kept beside each order."""
        return "unconnected"

    def hold(self, order: MoneyOrder) -> Receipt:
        """Freeze nothing."""
        self._refuse(order)

    def release(self, order: MoneyOrder) -> Receipt:
        """Give nothing back."""
        self._refuse(order)

    def apply(self, order: MoneyOrder) -> Receipt:
        """Hand nothing over."""
        self._refuse(order)

    def charge(self, order: MoneyOrder) -> Receipt:
        """Collect nothing."""
        self._refuse(order)

    def payout(self, order: MoneyOrder) -> Receipt:
        """Pay nothing."""
        self._refuse(order)

    def _refuse(self, order: MoneyOrder) -> NoReturn:
        msg = f"no payment gateway is connected; order {order.id} waits"
        raise GatewayUnavailable(msg)
