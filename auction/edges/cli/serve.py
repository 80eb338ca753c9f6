"""`auction serve`: everything with one command."""

import http.client
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auction.edges.cli.child import CHILD_DATABASE
from auction.edges.cli.opening import data_option, demo_option, open_server, settings_of
from auction.edges.cli.supervisor import Child, end_all
from auction.settings import Settings

if TYPE_CHECKING:
    from auction.foundation.database.embedded import EmbeddedServer

_LOOK_SECONDS = 0.2
_RETRY_SECONDS = 5.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@data_option
@demo_option
@click.option("--no-listings", is_flag=True, help="With --demo: the accounts and one open lot, no sample listings.")
def serve(*, host: str, port: int, data: Path, demo: bool, no_listings: bool) -> None:
    """Serve the whole platform: database, pages, API, live bidding and sweeps.

    \b
    Example:
      auction serve --demo
    """
    if no_listings and not demo:
        raise click.UsageError("--no-listings only means something with --demo.")
    settings = settings_of(data=data, demo=demo)
    _refuse_taken(host=host, port=port)
    stop = threading.Event()
    _on_end(lambda *_: stop.set())
    with open_server(settings) as (url, server):
        words = _demo(settings, url, stop=stop, listings=not no_listings) if demo else _earnest(settings, url)
        shared = ["--data", str(settings.data_dir), *(["--demo"] if demo else [])]
        # Not among the arguments: every account of the machine can read those, and the address may hold a password.
        told = {CHILD_DATABASE: url, "AUCTION_PUBLIC_URL": settings.public_url or f"http://{_shown(host)}:{port}"}
        children = [
            Child(name="web", arguments=["--host", host, "--port", str(port), *shared], environment=told),
            Child(name="jobs", arguments=shared, environment=told),
        ]
        try:
            _watch(children, server=server, stop=stop, host=host, port=port, words=words)
        finally:
            end_all(children)


def _earnest(settings: Settings, url: str) -> list[str]:
    from auction.edges.cli.demo import refuse_demo_data

    refuse_demo_data(settings, url)
    return []


def _demo(settings: Settings, url: str, *, stop: threading.Event, listings: bool) -> list[str]:
    """Make sure of the demo's data; whoever ends the program meanwhile need not wait for the last listing."""
    from auction.edges.cli.demo import ensure_demo

    _on_end(_leave)
    try:
        if stop.is_set():
            _leave()
        return list(ensure_demo(settings, url, listings=listings))
    finally:
        _on_end(lambda *_: stop.set())


def _on_end(handler: Callable[..., None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


def _leave(*_: object) -> None:
    # Raised inside whatever runs: its transaction is rolled back, and the next start goes on from there.
    raise SystemExit(0)


def _watch(
    children: list[Child],
    *,
    server: "EmbeddedServer | None",
    stop: threading.Event,
    host: str,
    port: int,
    words: list[str],
) -> None:
    announced = False
    while not stop.is_set():
        if server is not None:
            _revive(server, stop=stop)
        for child in children:
            child.tend()
        if not announced and _healthy(host=host, port=port):
            announced = True
            click.echo("\n".join([f"Serving on http://{_shown(host)}:{port}", *words]))
        stop.wait(_LOOK_SECONDS)


def _revive(server: "EmbeddedServer", *, stop: threading.Event) -> None:
    """Start an embedded server that died; the children find it again at its address."""
    from auction.foundation.database.embedded import EmbeddedUnavailable

    try:
        if server.revive():
            click.echo("auction: the database had ended and was started again", err=True)
    except EmbeddedUnavailable as unavailable:
        click.echo(f"auction: {unavailable}", err=True)
        stop.wait(_RETRY_SECONDS)


def _healthy(*, host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_reached(host), port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False  # not yet; the children's own messages say why
    finally:
        connection.close()


def _refuse_taken(*, host: str, port: int) -> None:
    """Refuse a port that another program serves, before a database is started for nothing."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise click.UsageError(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port.") from error


def _reached(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- read, not bound


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
