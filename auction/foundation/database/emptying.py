"""Emptying a scratch database for the next story: a copy of the template writes ten megabytes, emptying one nothing.

Only a database that is named as scratch can be emptied. On a platform's own the docket and the ledger refuse to lose a
row, and nothing in this program could make them.
"""

from __future__ import annotations

import psycopg
from sqlalchemy import make_url

#: What every scratch database's name begins with.
SCRATCH = "auction_scenario_"
#: Columns and triggers, and whether each trigger is on: what somebody may have changed beside rows.
_SHAPE = """
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', attrelid::regclass, attname, atttypid::regtype) AS line
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    ) AS shape
"""
_DELETE = """
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
    END $$
"""


def shape(url: str) -> str:
    """Return a digest of a database's columns and triggers."""
    with psycopg.connect(_plain(url)) as connection:
        return _shape(connection)


def empty(url: str, *, like: str) -> bool:
    """Take every row out of a scratch database; say whether it is as its template was, or has to be dropped.

    What migrations themselves have written, the number of the last one, stays.

    :param like: the ``shape`` of the template
    """
    if not (make_url(url).database or "").startswith(SCRATCH):
        msg = "only a scratch database is ever emptied"
        raise ValueError(msg)
    try:
        with psycopg.connect(_plain(url)) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if _shape(connection) != like:
                return False
            # The docket's and the ledger's own triggers refuse deletion, rightly: a replica does not run them.
            connection.execute("SET session_replication_role = replica")
            connection.execute(_DELETE)
            connection.execute(
                "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences"
                " WHERE schemaname = 'public'"
            )
    except psycopg.errors.InsufficientPrivilege:
        # An account that may only make databases of its own makes a new one each time.
        return False
    return True


def _shape(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    row = connection.execute(_SHAPE).fetchone()
    return str(row[0]) if row else ""


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
