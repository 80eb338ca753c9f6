"""The engine and its transactions. No other line says commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from auction.foundation.database.acts import Act
from auction.foundation.kernel.roles import Actor


class Database:
    """One PostgreSQL database: opens acts (write) and readings (read only)."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 12,
        may_go_away: bool = True,
        told: Callable[[Collection[str]], None] | None = None,
    ) -> None:
        """Reach a database; one that ``may_go_away`` and come back is asked for a sign of life before each act.

        :param told: hears after each commit which chains have grown, instead of whoever listens on the database;
            it must return at once
        """
        self.url = url
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=20,
            pool_pre_ping=may_go_away,
            connect_args={
                "options": "-c timezone=UTC -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
            },
        )
        self._told = told
        # Whoever enters something looks here whether the database shall tell of it, and notes what has moved.
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info={"notify": told is None})

    @contextmanager
    def act(self, *, actor: Actor | None, now: datetime) -> Iterator[Act]:
        """Open a transaction for one command: committed when the block ends, else rolled back."""
        if now.tzinfo is None:
            msg = "an act has an aware instant"
            raise ValueError(msg)
        with self._sessions.begin() as session:
            yield Act(session=session, now=now, actor=actor)
        if self._told is not None and (moved := session.info.get("moved")):
            self._told(moved)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read-only transaction with one stable view of the data."""
        with self._sessions() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            session.execute(text("SET TRANSACTION READ ONLY"))
            yield session
            session.rollback()

    def alive(self) -> bool:
        """Say whether the database answers a query."""
        with self.engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
