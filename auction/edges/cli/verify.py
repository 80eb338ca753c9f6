"""`auction verify`: checks an exported docket with nothing but the file."""

import json
import sys
from pathlib import Path
from urllib.parse import urlparse

import click

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
    if key is not None:
        raise click.UsageError("this platform does not sign its dockets yet, so no key can be checked")
    content = _read(source)
    from auction.foundation.kernel.canonical import NotCanonicalError, canonical
    from auction.procedure.publicity.rules import DocketWrongError
    from auction.procedure.publicity.rules import verify as check

    try:
        document = json.loads(content)
        if not isinstance(document, dict):
            raise DocketWrongError(0, "not a docket export: not an object")
        if canonical(document) != content:
            raise DocketWrongError(0, "the file is not in its canonical form, byte for byte")
        found = check(document)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as fault:
        click.echo(f"WRONG: {source}: {_UNREADABLE[type(fault)]}", err=True)
        sys.exit(1)
    except (NotCanonicalError, DocketWrongError) as fault:
        click.echo(f"WRONG: {source}: {fault}", err=True)
        sys.exit(1)
    click.echo(
        f"lot {found.lot}: {found.entries} entries whole, {found.bids} bids and {found.refused} refusals replayed, "
        f"now {found.status}"
        + (f" at {found.price_minor}" if found.price_minor is not None else "")
        + (f", {found.settlement}" if found.settlement else "")
    )
    click.echo("unsigned: the key itself was not checked")


def _read(source: str) -> bytes:
    if urlparse(source).scheme in {"http", "https"}:
        import httpx

        try:
            answer = httpx.get(source, timeout=10.0)
            answer.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise click.UsageError(f"{source}: {fault}") from fault
        return answer.content
    try:
        path = Path(source)
        if path.stat().st_size > _LONGEST_BYTES:
            raise click.UsageError(f"{source}: larger than any docket")
        return path.read_bytes()
    except OSError as fault:
        raise click.UsageError(f"{source}: {fault.strerror}") from fault
