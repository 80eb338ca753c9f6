"""The capabilities in road order: importing them declares their tables, commands and reactions."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import MetaData

from auction.foundation.database.base import Base

#: The road. A capability may call only those before it; ``import-linter`` holds this.
ROAD = (
    "identity",
    "cases",
    "assets",
    "valuation",
    "lots",
    "bidding",
    "deposits",
    "settlement",
    "distribution",
    "objections",
    "publicity",
    "partners",
)
#: The rooms of a capability that declare tables, commands or reactions.
_ROOMS = (
    *("models", "commands", "payments", "officers", "stays", "eligibility", "agents", "review", "suits", "papers"),
    *("entrusting", "choosing", "reports", "registers", "valuation_fees"),
    *("top_up", "queue", "transfer", "excess", "participation", "bankruptcy", "disputes", "judgments", "handing_over"),
    *("corrections", "joint", "undertakings", "reminders", "surplus", "approvals"),
)
_TABLES = (
    "auction.foundation.database.idempotency",
    "auction.foundation.docket.models",
    "auction.foundation.ledger.models",
    "auction.gateways.sandbox",
)


def load() -> None:
    """Import every capability, so that its tables, commands and reactions are known."""
    for module in _TABLES:
        import_module(module)
    for name in ROAD:
        capability = f"auction.procedure.{name}"
        for room in _ROOMS:
            if find_spec(capability) and find_spec(f"{capability}.{room}"):
                import_module(f"{capability}.{room}")


def metadata() -> MetaData:
    """Return every table of the platform, for the migrations."""
    load()
    return Base.metadata
