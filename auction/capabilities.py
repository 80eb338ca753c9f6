"""The capabilities in road order: importing them declares their tables, commands and reactions."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData

from auction.foundation.database.base import Base
from auction.foundation.docket.reactions import put_in_order

#: The road. A capability may call only those before it; ``import-linter`` holds this.
ROAD = (
    "identity",
    "cases",
    "assets",
    "valuation",
    "lots",
    "bidding",
    "treasury",
    "deposits",
    "settlement",
    "distribution",
    "objections",
    "papers",
    "publicity",
    "partners",
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
        capability = import_module(f"auction.procedure.{name}")
        for room in sorted(found.name for found in iter_modules(capability.__path__)):
            import_module(f"{capability.__name__}.{room}")
    put_in_order(ROAD)


def metadata() -> MetaData:
    """Return every table of the platform, for the migrations."""
    load()
    return Base.metadata
