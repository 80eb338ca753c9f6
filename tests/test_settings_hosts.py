"""A primary and its standbys in one DATABASE_URL, as operators and libpq write them."""

from __future__ import annotations

import secrets
from pathlib import Path

import psycopg.conninfo
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, make_url

from auction.settings import SettingsRefused, read_settings


def read(url: str, folder: Path) -> str:
    given = {
        "DATABASE_URL": url,
        "AUCTION_SECRET_KEY": secrets.token_urlsafe(48),
        "AUCTION_FIELD_KEY": Fernet.generate_key().decode(),
    }
    found = read_settings(given, data=folder, demo=False).database_url
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "hosts", "ports"),
    [
        ("postgresql://u:p%40s@a:5433,b:5434/auction?target_session_attrs=read-write", "a,b", "5433,5434"),
        ("postgresql://u:p%40s@a,b:5434/auction?target_session_attrs=read-write", "a,b", "5432,5434"),
        ("postgres://u:p%40s@[::1]:1,[fe80::2]:2/auction?target_session_attrs=read-write", "::1,fe80::2", "1,2"),
        ("postgresql://u:p%40s@/auction?host=a,b&port=1,2&target_session_attrs=read-write", "a,b", "1,2"),
    ],
)
def test_both_layers_read_the_same_servers(given: str, hosts: str, ports: str, tmp_path: Path) -> None:
    url = read(given, tmp_path)
    wanted = {"host": hosts, "port": ports, "user": "u", "password": "p@s", "dbname": "auction"}
    wanted["target_session_attrs"] = "read-write"
    engine = create_engine(url)
    ours = engine.dialect.create_connect_args(engine.url)[1]
    assert {key: ours[key] for key in ours if key != "context"} == wanted
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    assert psycopg.conninfo.conninfo_to_dict(plain) == wanted


def test_one_server_is_left_as_it_was_written(tmp_path: Path) -> None:
    assert read("postgresql://u:p@a:5433/auction", tmp_path) == "postgresql+psycopg://u:p@a:5433/auction"
    assert read("postgres:///auction", tmp_path) == "postgresql+psycopg:///auction"


@pytest.mark.parametrize(
    "servers", ["a,,b", "a:x,b", "a:1:2,b", ",", "a,b:", "a b,c", "a:999999,b", "[::1,b", "甲, 乙"]
)
def test_servers_that_cannot_be_read_are_refused_without_the_password(servers: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="each of its servers") as refused:
        read(f"postgresql://u:hidden@{servers}/auction", tmp_path)
    assert "hidden" not in str(refused.value)
