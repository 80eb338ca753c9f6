"""What every table of the platform keeps to."""

from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, DateTime, Float, Integer, Numeric, Table, UniqueConstraint

from auction.capabilities import metadata

TABLES = sorted(metadata().tables.values(), key=lambda table: table.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_money_is_whole_minor_units(table: Table) -> None:
    for column in table.columns:
        assert not isinstance(column.type, Float | Numeric) or isinstance(column.type, Integer), column
        if column.name.endswith("_minor"):
            assert isinstance(column.type, BigInteger), column


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_instant_has_an_offset(table: Table) -> None:
    for column in table.columns:
        if isinstance(column.type, DateTime):
            assert column.type.timezone, column


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_constraint_has_a_name_and_every_foreign_key_an_index(table: Table) -> None:
    for constraint in table.constraints:
        assert constraint.name, constraint
    indexed = {next(iter(index.columns)).name for index in table.indexes if list(index.columns)}
    keyed = {column.name for column in table.primary_key.columns}
    unique = {next(iter(c.columns)).name for c in table.constraints if isinstance(c, UniqueConstraint)}
    for key in table.foreign_keys:
        assert key.parent.name in indexed | keyed | unique, key.parent
