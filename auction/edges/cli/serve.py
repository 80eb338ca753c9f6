"""`auction serve`: everything with one command."""

import http.client
import signal
import socket
import threading
from pathlib import Path

import click

from auction.edges.cli.opening import data_option, demo_option, open_database, settings_of
from auction.edges.cli.supervisor import Child, end_all

_LOOK_SECONDS = 0.2


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@data_option
@demo_option
def serve(*, host: str, port: int, data: Path, demo: bool) -> None:
    """Serve the whole platform: database, pages, API, live bidding and sweeps.

    \b
    Example:
      auction serve --demo
    """
    settings = settings_of(data=data, demo=demo)
    _refuse_taken(host=host, port=port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_database(settings) as url:
        words: list[str] = []
        if demo:
            from auction.edges.cli.demo import ensure_demo

            words = list(ensure_demo(settings, url))
        shared = ["--data", str(settings.data_dir), "--database-url", url, *(["--demo"] if demo else [])]
        children = [
            Child(name="web", arguments=["--host", host, "--port", str(port), *shared]),
            Child(name="jobs", arguments=shared),
        ]
        try:
            _watch(children, stop=stop, host=host, port=port, words=words)
        finally:
            end_all(children)


def _watch(children: list[Child], *, stop: threading.Event, host: str, port: int, words: list[str]) -> None:
    announced = False
    while not stop.is_set():
        for child in children:
            child.tend()
        if not announced and _healthy(host=host, port=port):
            announced = True
            click.echo("\n".join([f"Serving on http://{_shown(host)}:{port}", *words]))
        stop.wait(_LOOK_SECONDS)


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
