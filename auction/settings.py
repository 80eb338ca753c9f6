"""What the operator decides: read once from the environment, parsed to types, never changed afterwards.

No secret has a default. A demo or a platform on its embedded database makes its own secrets once and keeps them beside
the data; a platform on a server of the operator's own must be given them.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from cryptography.fernet import Fernet

from auction.foundation.docket.signing import KeyMalformedError, Signer, new_seed
from auction.gateways import time_authority
from auction.gateways.stripe_service import keys as stripe_keys
from auction.gateways.stripe_service.account import StripeAccount
from auction.gateways.time_authority import TimeAuthority

_KNOWN = {
    # Of `auction keys` alone.
    "AUCTION_BACKUP_PASSWORD",
    "AUCTION_NEW_SIGNING_KEY",
    "AUCTION_BUS_URL",
    "AUCTION_CLOCK_FILE",
    "AUCTION_FIELD_KEY",
    "AUCTION_LOG_LEVEL",
    "AUCTION_PROXIES",
    "AUCTION_PUBLIC_URL",
    "AUCTION_SECRET_KEY",
    "AUCTION_SIGNING_KEY",
    *stripe_keys.SETTINGS,
    *time_authority.SETTINGS,
}
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_SECRET_LENGTH_MIN = 32
_SERVER = re.compile(r"(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")
_BUS_SCHEMES = frozenset({"redis", "rediss", "valkey", "valkeys"})
_BUS_OPTIONS = frozenset({"db", "username", "password", "ssl_ca_certs"})
_REDIS_NAME = re.compile(r"^valkey(s?)://")
_BUS_PATH = re.compile(r"(/[0-9]{0,2})?")
_FEW = re.compile(r"[0-9]")


class SettingsRefused(Exception):
    """The environment asks for something impossible or leaves out something needed; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between two installations."""

    database_url: str | None
    """The operator's own PostgreSQL; None is the embedded one in `data_dir`."""
    data_dir: Path
    demo: bool
    """Allows the sandbox gateway, the demo accounts and a clock read from a file."""
    secret_key: str = field(repr=False)
    """Signs cookies and tokens."""
    field_key: str = field(repr=False)
    """The Fernet key that encrypts personal data at rest."""
    clock_file: Path | None
    """A file of seconds added to the real time, so that a fortnight can be shown in a minute; demo only."""
    log_level: str
    signer: Signer | None = None
    """The Ed25519 key under dockets and receipts; None leaves them unsigned."""
    public_url: str | None = None
    """Where the platform is reached from outside; papers carry it in their QR code."""
    stripe: StripeAccount | None = None
    """The account at Stripe; None leaves Stripe unconnected."""
    time_authority: TimeAuthority | None = None
    """Who stamps the log of proofs with its time; None leaves it to our own clock."""
    bus_url: str | None = field(default=None, repr=False)
    """The Redis or Valkey between several processes, with its password; None leaves wake-ups to PostgreSQL."""
    proxies: int = 0
    """How many proxies of the operator's own stand before the program; their X-Forwarded headers are believed."""


def read_settings(env: Mapping[str, str], *, data: Path, demo: bool) -> Settings:
    """Return the settings that the environment and the command line ask for.

    :raises SettingsRefused: for an unknown key, a missing or malformed secret, a clock file outside demo mode
    """
    _refuse_unknown(env)
    database_url = _database_url(env.get("DATABASE_URL") or None)
    own_secrets = database_url is None or demo
    return Settings(
        database_url=database_url,
        data_dir=data,
        demo=demo,
        secret_key=_secret_key(env, data=data, own=own_secrets),
        field_key=_field_key(env, data=data, own=own_secrets),
        signer=_signer(env, data=data, own=own_secrets),
        clock_file=_clock_file(env, demo=demo),
        log_level=_log_level(env),
        public_url=_public_url(env),
        stripe=_stripe(env, demo=demo),
        bus_url=_bus_url(env),
        time_authority=_time_authority(env),
        proxies=_proxies(env),
    )


def _refuse_unknown(env: Mapping[str, str]) -> None:
    unknown = sorted(key for key in env if key.startswith("AUCTION_") and key not in _KNOWN)
    if unknown:
        raise SettingsRefused(f"Unknown settings: {', '.join(unknown)}. Known are: {', '.join(sorted(_KNOWN))}.")


def _database_url(url: str | None) -> str | None:
    """Return the address with our driver named, as operators give it with or without one."""
    if url is None:
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise SettingsRefused("DATABASE_URL must be an address of PostgreSQL: postgresql://user:password@host/database")
    return f"postgresql+psycopg://{_several_hosts(rest)}"


def _several_hosts(rest: str) -> str:
    """Return an address of several servers, `host:port,host:port`, in the form that both our layers read."""
    place, slash, path = rest.partition("/")
    account, _, servers = place.rpartition("@")
    if "," not in servers:
        return rest
    found = [_SERVER.fullmatch(one) for one in servers.split(",")]
    named = [one for one in found if one is not None]
    if len(named) < len(found):
        raise SettingsRefused("DATABASE_URL must name each of its servers as host or host:port, with a comma between.")
    hosts = ",".join(one["host"].strip("[]") for one in named)
    ports = ",".join(one["port"] or "5432" for one in named)
    database, _, query = path.partition("?")
    more = f"&{query}" if query else ""
    return f"{account}{'@' if account else ''}{slash or '/'}{database}?host={hosts}&port={ports}{more}"


def _secret_key(env: Mapping[str, str], *, data: Path, own: bool) -> str:
    given = env.get("AUCTION_SECRET_KEY") or (_kept_key("secret", secrets.token_urlsafe(48), data) if own else "")
    if len(given) < _SECRET_LENGTH_MIN:
        raise SettingsRefused(
            f"AUCTION_SECRET_KEY must be set to at least {_SECRET_LENGTH_MIN} secret characters. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return given


def _field_key(env: Mapping[str, str], *, data: Path, own: bool) -> str:
    given = env.get("AUCTION_FIELD_KEY") or (_kept_key("field", Fernet.generate_key().decode(), data) if own else "")
    try:
        Fernet(given)
    except ValueError as error:
        raise SettingsRefused(
            "AUCTION_FIELD_KEY must be set to 32 random bytes in URL-safe base64. Keep it with the backups: without it "
            "no personal data can be read. Make one with: "
            "python3 -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())'"
        ) from error
    return given


def signing_key_file(data: Path) -> Path:
    """Return where the secret half of the signing key lies when it is kept with the data."""
    return data / "keys" / "signing"


def _signer(env: Mapping[str, str], *, data: Path, own: bool) -> Signer | None:
    given = env.get("AUCTION_SIGNING_KEY") or (_kept_key("signing", new_seed(), data) if own else None)
    try:
        return Signer(given) if given else None
    except KeyMalformedError as error:
        raise SettingsRefused(
            "AUCTION_SIGNING_KEY must be set to the 32 secret bytes of an Ed25519 key in base64. Keep it with the "
            "backups. Make one with: auction keys make"
        ) from error


def _kept_key(name: str, fresh: str, data: Path) -> str:
    """Return the key kept under the data folder, laying down `fresh` where there is none; the first writer wins."""
    folder = data / "keys"
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # Written whole under another name and then linked, so that no reader ever sees half a key.
            draft = folder / f".{name}-{secrets.token_hex(8)}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(fresh)
                file.flush()
                os.fsync(file.fileno())
            _link_once(draft, path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingsRefused(f"The keys under {folder} cannot be kept or read: {error}") from error


def _link_once(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _clock_file(env: Mapping[str, str], *, demo: bool) -> Path | None:
    given = env.get("AUCTION_CLOCK_FILE")
    if not given:
        return None
    if not demo:
        raise SettingsRefused("AUCTION_CLOCK_FILE is for demonstrations only: start with --demo or remove it.")
    return Path(given)


def _public_url(env: Mapping[str, str]) -> str | None:
    given = (env.get("AUCTION_PUBLIC_URL") or "").rstrip("/")
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SettingsRefused("AUCTION_PUBLIC_URL must be the platform's address from outside, such as https://host")
    return given


def _stripe(env: Mapping[str, str], *, demo: bool) -> StripeAccount | None:
    try:
        return stripe_keys.read_account(env, address=_public_url(env), demo=demo)
    except ValueError as error:
        raise SettingsRefused(str(error)) from error


def _bus_url(env: Mapping[str, str]) -> str | None:
    given = env.get("AUCTION_BUS_URL")
    if not given:
        return None
    if not _is_bus(given):
        # Never what was given: it may hold a password, and this goes to the log.
        raise SettingsRefused(
            "AUCTION_BUS_URL must be an address of Redis or Valkey: redis://:password@host:6379/0, rediss://… with "
            "TLS, valkey://…, or unix:///path/of/its/socket"
        )
    return _REDIS_NAME.sub(r"redis\1://", given)


def _is_bus(given: str) -> bool:
    try:
        parts = urlsplit(given)
        options = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))}
        port = parts.port
    except ValueError:
        return False
    if not given.isprintable() or parts.fragment or options - _BUS_OPTIONS:
        return False
    if parts.scheme == "unix":  # a path names its socket
        return len(parts.path) > 1
    return parts.scheme in _BUS_SCHEMES and bool(parts.hostname) and port != 0 and bool(_BUS_PATH.fullmatch(parts.path))


def _proxies(env: Mapping[str, str]) -> int:
    given = env.get("AUCTION_PROXIES") or "0"
    if not _FEW.fullmatch(given):
        raise SettingsRefused("AUCTION_PROXIES must be how many of your own proxies a request passes: 0 to 9.")
    return int(given)


def _time_authority(env: Mapping[str, str]) -> TimeAuthority | None:
    try:
        return time_authority.read_authority(env)
    except ValueError as error:
        raise SettingsRefused(str(error)) from error


def _log_level(env: Mapping[str, str]) -> str:
    level = (env.get("AUCTION_LOG_LEVEL") or "INFO").upper()
    if level not in _LOG_LEVELS:
        raise SettingsRefused(f"AUCTION_LOG_LEVEL must be one of {', '.join(_LOG_LEVELS)}, not {level}.")
    return level
