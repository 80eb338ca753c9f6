"""The gateways a platform has, by name, and the one an order goes by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auction.gateways.port import GatewayUnavailable, PaymentGateway


@dataclass(frozen=True, slots=True)
class Gateways:
    """Every gateway that is connected; ``default`` is the one for orders that name none."""

    by_name: Mapping[str, PaymentGateway]
    default: str

    @classmethod
    def only(cls, gateway: PaymentGateway) -> Gateways:
        """Return a choice of one."""
        return cls(by_name={gateway.name: gateway}, default=gateway.name)

    def __iter__(self) -> Iterator[PaymentGateway]:
        return iter(self.by_name.values())

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def of(self, name: str | None) -> PaymentGateway:
        """Return the gateway of that name, or the default one.

        :raises GatewayUnavailable: when it is not connected (any more): its orders wait until it is
        """
        found = self.by_name.get(name or self.default)
        if found is None:
            raise GatewayUnavailable(f"the gateway “{name}” is not connected")
        return found
