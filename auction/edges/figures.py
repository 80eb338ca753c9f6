"""What operators see at ``/metrics``: one registry an app, so that two apps in one process never mix."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.orm import Session

from auction.edges.due import due_acts
from auction.procedure.bidding import service
from auction.procedure.deposits import queries as deposits
from auction.procedure.partners import queries as partners
from auction.procedure.treasury import differences
from auction.procedure.treasury import queries as treasury

_BATCH = (1, 2, 4, 8, 16, 32, 64)
#: What has to be derived act by act is kept so long: the law counts in days, and this process has bids to decide.
DERIVED_KEPT = timedelta(minutes=1)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Figures:
    """Counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._derived_at: datetime | None = None
        self.bids = Counter("auction_bids", "Bids answered, by outcome.", ["outcome"], registry=self.registry)
        self.batches = Histogram(
            "auction_bid_batch_size", "Bids decided in one transaction.", buckets=_BATCH, registry=self.registry
        )
        self.decision = Histogram(
            "auction_bid_decision_seconds",
            "From a bid's arrival to its answer.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.watchers = Gauge("auction_watchers", "Watched lots summed over connections.", registry=self.registry)
        self.connections = Gauge("auction_live_connections", "Live connections.", registry=self.registry)
        self.states = Counter("auction_states_pushed", "State rounds pushed to rooms.", registry=self.registry)
        self.deliveries = Counter("auction_states_delivered", "States queued for watchers.", registry=self.registry)
        self.requests = Counter(
            "auction_http_requests", "HTTP requests of the API, by endpoint and status.", ["endpoint", "status"],
            registry=self.registry,
        )  # fmt: skip

        self.deposits_late = Gauge(
            "auction_deposits_near_limit",
            "Deposits with four hours or less left to go back or reach the court.",
            registry=self.registry,
        )
        self.going_back = Gauge(
            "auction_deposits_going_back", "Deposits decided to go back and not gone yet.", registry=self.registry
        )
        self.gone_back = Gauge(
            "auction_deposits_gone_back", "Deposits gone back of the lots that still have some to give back.",
            registry=self.registry,
        )  # fmt: skip
        self.overdue = Gauge("auction_overdue_acts", "Acts the law wanted done by now.", registry=self.registry)
        self.orders = Gauge("auction_money_orders_waiting", "Money orders ready to be sent.", registry=self.registry)
        self.differences = Gauge(
            "auction_reconciliation_differences", "Differences of books and outside still open.", registry=self.registry
        )
        self.differences_age = Gauge(
            "auction_reconciliation_oldest_difference_seconds", "Age of the oldest of them.", registry=self.registry
        )
        self.partners_waiting = Gauge(
            "auction_partner_deliveries_waiting", "Deliveries no partner has taken yet.", registry=self.registry
        )
        self.partners_behind = Gauge(
            "auction_partner_oldest_delivery_seconds", "Age of the oldest of them.", registry=self.registry
        )

        self.processes = Gauge(
            "auction_service_processes", "Processes that beat now, by role.", ["role"], registry=self.registry
        )
        self.clocks_apart = Gauge(
            "auction_clocks_apart_seconds", "How far clocks of processes and database lie apart at the most.",
            registry=self.registry,
        )  # fmt: skip
        self.clock_jumped = Gauge(
            "auction_clock_jumped", "Whether a process's clock has leapt of late.", registry=self.registry
        )

    def show_bus(self, up: Callable[[], bool]) -> None:
        """Show whether the bus between the processes is heard, where there is one."""
        gauge = Gauge("auction_bus_up", "1 while this process hears the bus.", registry=self.registry)
        gauge.set_function(lambda: float(up()))

    def look(self, session: Session, now: datetime) -> None:
        """Read from the database what is behind, as of now; what is due is derived once a minute at the most."""
        if self._derived_at is None or not self._derived_at <= now < self._derived_at + DERIVED_KEPT:
            self._derive(session, now)
        returning = deposits.going_back(session)
        self.going_back.set(sum(lot.total - lot.done for lot in returning))
        self.gone_back.set(sum(lot.done for lot in returning))
        self.orders.set(treasury.orders_waiting(session, now=now))
        count, oldest = differences.how_open(session)
        self.differences.set(count)
        self.differences_age.set((now - oldest).total_seconds() if oldest else 0)
        self._look_at_service(session, now)
        behind = partners.lag(session, now=now)
        self.partners_waiting.set(behind.waiting)
        self.partners_behind.set(behind.oldest_waiting_seconds)

    def _derive(self, session: Session, now: datetime) -> None:
        self.deposits_late.set(len(deposits.alarms(session, now=now)))
        self.overdue.set(sum(act.overdue(now) for act in due_acts(session, now)))
        self._derived_at = now

    def _look_at_service(self, session: Session, now: datetime) -> None:
        living = service.living(session)
        for role in ("web", "jobs"):
            self.processes.labels(role).set(sum(one.role == role for one in living))
        clocks = service.clocks(living, now=now)
        self.clocks_apart.set(clocks.apart_ms / 1000)
        self.clock_jumped.set(clocks.state == "jumped")

    def text(self) -> tuple[bytes, str]:
        """Return the exposition and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST
