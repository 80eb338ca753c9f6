"""What operators see at ``/metrics``: one registry an app, so that two apps in one process never mix."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

_BATCH = (1, 2, 4, 8, 16, 32, 64)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Figures:
    """Counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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

    def text(self) -> tuple[bytes, str]:
        """Return the exposition and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST
