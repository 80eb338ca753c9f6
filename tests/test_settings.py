"""Settings fail closed: nothing unknown, nothing missing, no secret with a default."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from auction.settings import SettingsRefused, read_settings

OWN_SERVER = "postgresql://auction@db/auction"


def test_the_embedded_platform_makes_its_secrets_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    first = read_settings({}, data=tmp_path, demo=False)
    second = read_settings({}, data=tmp_path, demo=False)
    assert first == second
    assert first.database_url is None
    assert stat.S_IMODE((tmp_path / "keys" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert first.secret_key not in repr(first)
    assert first.field_key not in repr(first)


@pytest.mark.parametrize("missing", ["AUCTION_SECRET_KEY", "AUCTION_FIELD_KEY"])
def test_on_a_server_of_ones_own_both_secrets_must_be_given(tmp_path: Path, missing: str) -> None:
    env = {
        "DATABASE_URL": OWN_SERVER,
        "AUCTION_SECRET_KEY": "s" * 40,
        "AUCTION_FIELD_KEY": Fernet.generate_key().decode(),
    }
    assert read_settings(env, data=tmp_path, demo=False).database_url == "postgresql+psycopg://auction@db/auction"
    with pytest.raises(SettingsRefused, match=missing):
        read_settings({key: value for key, value in env.items() if key != missing}, data=tmp_path, demo=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("env", "word"),
    [
        ({"AUCTION_SECRETKEY": "x"}, "AUCTION_SECRETKEY"),
        ({"AUCTION_SECRET_KEY": "short"}, "AUCTION_SECRET_KEY"),
        ({"AUCTION_FIELD_KEY": "not a key"}, "AUCTION_FIELD_KEY"),
        ({"AUCTION_LOG_LEVEL": "loud"}, "AUCTION_LOG_LEVEL"),
        ({"AUCTION_CLOCK_FILE": "clock"}, "AUCTION_CLOCK_FILE"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL"),
    ],
)
def test_what_is_unknown_or_malformed_stops_the_start(tmp_path: Path, env: dict[str, str], word: str) -> None:
    with pytest.raises(SettingsRefused, match=word):
        read_settings(env, data=tmp_path, demo=False)


def test_a_demo_may_move_its_clock(tmp_path: Path) -> None:
    settings = read_settings({"AUCTION_CLOCK_FILE": "clock"}, data=tmp_path, demo=True)
    assert settings.clock_file == Path("clock")
