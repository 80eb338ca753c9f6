"""`auction verify`: checks an exported docket with nothing but the file."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from auction.edges.cli.sources import SourceUnreadableError, read

if TYPE_CHECKING:
    from auction.procedure.publicity.vouching import Vouched

_LONGEST_BYTES = 200_000_000
#: What is said of a file that is no export at all.
_UNREADABLE: dict[type[Exception], str] = {
    json.JSONDecodeError: "not a docket export: not JSON",
    UnicodeDecodeError: "not a docket export: not UTF-8 text",
    RecursionError: "not a docket export: nested too deeply",
}


@click.command()
@click.argument("source", metavar="FILE_OR_URL")
@click.option("--key", help="The platform's public key; without it the key itself is not checked.")
def verify(*, source: str, key: str | None) -> None:
    """Check an exported docket: numbering, chain, terms, and the outcome by replaying every bid.

    Exit 1 when it does not hold, saying the first entry that is wrong.

    \b
    Example:
      auction verify docket.json
    """
    _refuse_no_key(key)
    document = read_export(source)
    from auction.procedure.publicity.rules import DocketWrongError
    from auction.procedure.publicity.rules import verify as check

    try:
        found = check(document, key=key)
    except DocketWrongError as fault:
        click.echo(f"WRONG: {source}: {fault}", err=True)
        sys.exit(1)
    click.echo(
        f"lot {found.lot}: {found.entries} entries whole, {found.bids} bids and {found.refused} refusals replayed, "
        f"now {found.status}"
        + (f" at {found.price_minor}" if found.price_minor is not None else "")
        + (f", {found.settlement}" if found.settlement else "")
    )
    click.echo(_vouched(found.vouched))


def read_export(source: str) -> dict[str, Any]:
    """Return an export as it was issued, byte for byte, or end the command with exit 1 and what is wrong with it."""
    from auction.foundation.kernel.canonical import NotCanonicalError, canonical

    try:
        content = read(source, most_bytes=_LONGEST_BYTES)
    except SourceUnreadableError as fault:
        raise click.UsageError(f"{source}: {fault}") from fault
    try:
        document = json.loads(content)
        if isinstance(document, dict) and canonical(document) == content:
            return document
        why = "not in its canonical form, byte for byte" if isinstance(document, dict) else "not a docket export"
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as fault:
        why = _UNREADABLE[type(fault)]
    except NotCanonicalError as fault:
        why = str(fault)
    click.echo(f"WRONG: {source}: {why}", err=True)
    sys.exit(1)


def _refuse_no_key(key: str | None) -> None:
    from auction.foundation.docket.signing import KeyMalformedError, PublicKey

    try:
        _ = PublicKey(key).id if key is not None else None
    except KeyMalformedError as fault:
        raise click.UsageError(f"--key: {fault}; it is the 32 bytes of an Ed25519 public key in base64") from fault


def _vouched(told: "Vouched") -> str:
    if not told.signed:
        return "unsigned: the key itself was not checked"
    said = f"{told.signed} checkpoints signed, {told.logged} of them shown to be in the log"
    return said + ("" if told.by_given_key else "; the key itself was not checked: give it with --key")
