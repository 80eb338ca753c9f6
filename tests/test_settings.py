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


STRIPE = {
    "STRIPE_SECRET_KEY": "sk_live_secret",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_known",
    "STRIPE_WEBHOOK_SECRET": "whsec_secret",
    "AUCTION_PUBLIC_URL": "https://court.example/",
}
STRIPE_TEST = {**STRIPE, "STRIPE_SECRET_KEY": "sk_test_secret", "STRIPE_PUBLISHABLE_KEY": "pk_test_known"}


def test_stripe_comes_whole_from_the_environment_or_not_at_all(tmp_path: Path) -> None:
    assert read_settings({}, data=tmp_path, demo=False).stripe is None
    settings = read_settings(STRIPE, data=tmp_path, demo=False)
    assert settings.stripe is not None
    assert settings.stripe.address == "https://court.example"
    assert settings.stripe.methods == ("card", "alipay", "wechat_pay")
    assert "secret" not in repr(settings.stripe)
    for name in STRIPE:
        with pytest.raises(SettingsRefused, match=name):
            read_settings({key: value for key, value in STRIPE.items() if key != name}, data=tmp_path, demo=False)


def test_no_live_money_in_a_demo_and_no_test_money_elsewhere(tmp_path: Path) -> None:
    assert read_settings(STRIPE_TEST, data=tmp_path, demo=True).stripe is not None
    for env, demo in ((STRIPE, True), (STRIPE_TEST, False)):
        with pytest.raises(SettingsRefused, match="STRIPE_SECRET_KEY"):
            read_settings(env, data=tmp_path, demo=demo)


def test_a_demo_may_ask_another_stripe(tmp_path: Path) -> None:
    places = {"AUCTION_STRIPE_API": "http://127.0.0.1:1", "AUCTION_STRIPE_SCRIPT": "http://127.0.0.1:1/v3/"}
    found = read_settings({**STRIPE_TEST, **places, "AUCTION_STRIPE_METHODS": "card"}, data=tmp_path, demo=True)
    assert found.stripe is not None
    assert (found.stripe.api, found.stripe.methods) == ("http://127.0.0.1:1", ("card",))
    for name, value in places.items():
        with pytest.raises(SettingsRefused, match=name):
            read_settings({**STRIPE, name: value}, data=tmp_path, demo=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_SECRET_KEY", "pk_live_x"),
        ("STRIPE_SECRET_KEY", "sk_live_钥"),
        ("STRIPE_SECRET_KEY", "sk_live_a b"),
        ("STRIPE_SECRET_KEY", "sk_test_x"),
        ("STRIPE_PUBLISHABLE_KEY", "sk_live_x"),
        ("STRIPE_WEBHOOK_SECRET", "secret"),
        ("AUCTION_PUBLIC_URL", "http://court.example"),
        ("AUCTION_STRIPE_METHODS", "card,cash"),
        ("AUCTION_STRIPE_METHODS", "card,card"),
        ("AUCTION_STRIPE_METHODS", ","),
        ("AUCTION_STRIPE_API", "https://api.stripe.com; script-src *"),
        ("AUCTION_STRIPE_API", "ftp://api.stripe.com"),
    ],
)
def test_a_malformed_setting_of_stripe_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsRefused, match=name):
        read_settings({**STRIPE, name: value}, data=tmp_path, demo=False)


def test_settings_of_stripe_without_its_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="STRIPE_SECRET_KEY"):
        read_settings({"AUCTION_STRIPE_METHODS": "card"}, data=tmp_path, demo=True)
