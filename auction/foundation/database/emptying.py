"""Emptying a scratch database for the next story: a copy of the template writes ten megabytes, emptying one nothing.

Only a database that is named as scratch can be emptied. On a platform's own the docket and the ledger refuse to lose a
row, and nothing in this program could make them.
"""

from __future__ import annotations

import psycopg
from psycopg import sql
from sqlalchemy import make_url

#: What every scratch database's name begins with.
SCRATCH = "auction_scenario_"
#: Rows that migrations put there.
_KEPT = frozenset({"alembic_version"})

#: Columns and triggers, and whether each trigger is on: what somebody may have changed beside rows.
_SHAPE = """
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', table_name, column_name, data_type) AS line FROM information_schema.columns
        WHERE table_schema = 'public'
        UNION ALL
        SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    ) AS shape
"""


def shape(url: str) -> str:
    """Return a digest of a database's columns and triggers."""
    with psycopg.connect(_plain(url)) as connection:
        row = connection.execute(_SHAPE).fetchone()
    return str(row[0]) if row else ""


def empty(url: str, *, like: str) -> bool:
    """Take every row out of a scratch database; say whether it is as its template was, or has to be dropped.

    :param like: the ``shape`` of the template
    """
    if not (make_url(url).database or "").startswith(SCRATCH):
        msg = "only a scratch database is ever emptied"
        raise ValueError(msg)
    if shape(url) != like:
        return False
    try:
        with psycopg.connect(_plain(url)) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            # The docket's and the ledger's own triggers refuse deletion, rightly: a replica does not run them.
            connection.execute("SET session_replication_role = replica")
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                if table not in _KEPT:
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            connection.execute(
                "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences"
                " WHERE schemaname = 'public'"
            )
    except psycopg.errors.InsufficientPrivilege:
        # An account that may only make databases of its own makes a new one each time.
        return False
    return True


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
