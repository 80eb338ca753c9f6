"""`auction keys`: the keys under dockets and receipts: list, make, rotate, back up, restore."""

import os
from pathlib import Path

import click

from auction.edges.cli.opening import data_option, open_platform
from auction.settings import signing_key_file


@click.group()
def keys() -> None:
    """List, make, rotate, back up and restore the platform's signing keys.

    \b
    Example:
      auction keys list
    """


@keys.command()
def make() -> None:
    """Print the secret half of a new key, for AUCTION_SIGNING_KEY; nothing is stored.

    \b
    Example:
      AUCTION_SIGNING_KEY=$(auction keys make)
    """
    from auction.foundation.docket.signing import Signer, new_seed

    seed = new_seed()
    click.echo(seed)
    click.echo(f"public key: {Signer(seed).public.text}", err=True)


@keys.command("list")
@data_option
def list_keys(*, data: Path) -> None:
    """Print every public key, oldest first: id, public key, since, endorsed by.

    \b
    Example:
      auction keys list --data var
    """
    from auction.procedure.publicity import log

    with open_platform(data=data) as platform:
        with platform.read() as session:
            found = log.keys(session)
        signer = platform.settings.signer
    for one in found:
        now = "  signs now" if signer is not None and one["id"] == signer.id else ""
        click.echo(f"{one['id']}  {one['public_key']}  {one['since']}  endorsed by {one['endorsed_by']}{now}")
    if not found:
        click.echo("no key has signed anything yet", err=True)


@keys.command()
@data_option
@click.option("--new", "given", envvar="AUCTION_NEW_SIGNING_KEY", help="The new secret key; made here when kept here.")
def rotate(*, data: Path, given: str | None) -> None:
    """Let the present key endorse a new one, which signs from the next start on.

    Where the key is kept with the data, the new one takes its place there and the old one stays beside it. Where it
    comes from the environment, give the new one in AUCTION_NEW_SIGNING_KEY and set it there afterwards.

    \b
    Example:
      auction keys rotate --data var
    """
    from auction.foundation.docket.signing import KeyMalformedError, Signer, new_seed
    from auction.procedure.publicity.proving import register_key

    kept = not os.environ.get("AUCTION_SIGNING_KEY")
    if not kept and not given:
        raise click.UsageError("The key comes from the environment: give the new one in AUCTION_NEW_SIGNING_KEY.")
    seed = given or new_seed()
    try:
        fresh = Signer(seed)
    except KeyMalformedError as fault:
        raise click.UsageError(f"The new key cannot be read: {fault}.") from fault
    with open_platform(data=data) as platform:
        present = platform.settings.signer
        if present is None:
            raise click.UsageError("There is no present key to endorse a new one; set AUCTION_SIGNING_KEY first.")
        with platform.act() as act:
            register_key(act, signer=present)
            register_key(act, signer=fresh, endorser=present)
    if kept:
        _replace(signing_key_file(data.resolve()), seed, retired=present.id)
    click.echo(f"{fresh.id}  {fresh.public.text}  endorsed by {present.id}")
    click.echo("Start the platform anew: it signs with this key from then on.", err=True)


@keys.command()
@data_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.password_option(help="The words that open the copy again.", envvar="AUCTION_BACKUP_PASSWORD")
def backup(*, data: Path, out: Path, password: str) -> None:
    """Write the present secret key to a file that a password opens (PKCS 8, encrypted).

    \b
    Example:
      auction keys backup --out signing-key.pem
    """
    from auction.foundation.docket.signing import sealed_copy

    seed = os.environ.get("AUCTION_SIGNING_KEY") or _kept(data)
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed_copy(seed, password=password))
    except OSError as fault:
        raise click.UsageError(f"Cannot write {out}: {fault.strerror}") from fault
    click.echo(f"{out}: written; keep it apart from its password", err=True)


@keys.command()
@data_option
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--password", prompt=True, hide_input=True, envvar="AUCTION_BACKUP_PASSWORD")
def restore(*, data: Path, copy: Path, password: str) -> None:
    """Put a backed-up secret key back among the data; one that lies there already is kept beside it.

    \b
    Example:
      auction keys restore signing-key.pem
    """
    from auction.foundation.docket.signing import KeyMalformedError, Signer, opened_copy

    try:
        seed = opened_copy(copy.read_bytes(), password=password)
    except KeyMalformedError as fault:
        raise click.UsageError(f"{copy}: {fault}") from fault
    path = signing_key_file(data.resolve())
    present = path.read_text(encoding="ascii").strip() if path.exists() else None
    if present == seed:
        click.echo("this key lies there already", err=True)
        return
    _replace(path, seed, retired=Signer(present).id if present else None)
    click.echo(f"{Signer(seed).id}  restored", err=True)


def _kept(data: Path) -> str:
    path = signing_key_file(data.resolve())
    if not path.exists():
        raise click.UsageError(f"There is no key under {path.parent}; start the platform once, or name its --data.")
    return path.read_text(encoding="ascii").strip()


def _replace(path: Path, seed: str, *, retired: str | None) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if retired is not None:
        path.replace(path.with_name(f"{path.name}-{retired}"))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(seed)
