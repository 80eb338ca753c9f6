"""Statements sent together: the server is asked once for all of them, and answers once.

A bid's transaction is a handful of small statements; on one machine each way there
and back costs as much as the statement itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import Session

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in the driver's own form: ``%s`` stands for a value. Its text never holds a value."""

    query: str
    values: Sequence[object]


def together(session: Session, statements: Sequence[Statement]) -> list[list[Row]]:
    """Run statements in order inside the session's transaction and return each one's rows.

    :raises DBAPIError: as SQLAlchemy raises it, when one fails; none of them has then been done
    """
    connection = session.connection()
    driver = cast("psycopg.Connection[Row]", connection.connection.driver_connection)
    try:
        with driver.pipeline():
            cursors = [driver.cursor() for _ in statements]
            for cursor, statement in zip(cursors, statements, strict=True):
                cursor.execute(cast("Any", statement.query), statement.values, prepare=True)
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
    except psycopg.Error as fault:
        _forget_broken(connection, driver)
        wrapped = DBAPIError.instance(statements[0].query, None, fault, psycopg.Error)
        raise wrapped from fault


def _forget_broken(connection: Connection, driver: psycopg.Connection[Row]) -> None:
    """Take a line that has died out of the pool, as SQLAlchemy does when it sends a statement itself."""
    if driver.broken or driver.closed:
        with suppress(InvalidRequestError):
            connection.invalidate()
