"""What tests of deliveries do to a platform: connect a receiver, enter acts, let time pass, look."""

from __future__ import annotations

from datetime import timedelta

from auction.edges.platform import Platform
from auction.foundation.docket.commands import append
from auction.foundation.kernel.roles import PLATFORM
from auction.gateways.clock import ManualClock
from auction.procedure.partners import commands as partners
from auction.procedure.partners import queries
from tests.edges.receiver import Receiver

#: Short, so that a test of silence is quick.
PATIENCE = 0.4


def connect(platform: Platform, receiver: Receiver, *, partner: str = "O1", endpoint: str = "W1") -> None:
    administrator = PLATFORM
    with platform.act(administrator) as act:
        if not any(one.id == partner for one in queries.partners(act.session)):
            partners.register_partner(act, id=partner, name=f"合作平台{partner}", contact="技术部")
    with platform.act(administrator) as act:
        keyed = partners.add_endpoint(act, id=endpoint, partner=partner, url=receiver.url, loopback_allowed=True)
    receiver.secret = keyed.secret


def enter(platform: Platform, lot: str, *kinds: str) -> None:
    """Enter public acts on a lot, one transaction each."""
    for kind in kinds:
        with platform.act() as act:
            append(act, f"lot:{lot}", kind, {"lot": lot})


def later(platform: Platform, **span: float) -> None:
    assert isinstance(platform.clock, ManualClock)
    platform.clock.set(platform.clock.now() + timedelta(**span))


def statuses(platform: Platform) -> list[tuple[str, int, str]]:
    with platform.read() as session:
        return sorted((one.lot, one.seq, one.status) for one in queries.deliveries(session))


def the_endpoint(platform: Platform, endpoint: str = "W1") -> queries.EndpointRecord:
    with platform.read() as session:
        return queries.endpoint(session, endpoint)
