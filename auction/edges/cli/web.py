"""`auction web`: pages, API and the live channel in one process under gevent."""

import contextlib
import gc
import logging
import signal
import socket
from io import IOBase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auction.edges.cli.child import child_options, end_with, log_to_stderr
from auction.edges.cli.opening import data_option, demo_option, open_database, settings_of

if TYPE_CHECKING:
    from flask import Flask

_BACKLOG = 2048  # connections that may wait while a burst of watchers arrives
_GRACE_SECONDS = 5
_YOUNG_MAX = 20_000  # objects between two looks of the collector
_REQUEST_BUFFER = 1024  # kept as long as the connection: of ten thousand watchers each would keep eight times as much
# Each watcher is one; ten thousand of them are what one process is for.
_OPEN_FILES, _FILES_BESIDE = 12_000, 200


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@data_option
@demo_option
@child_options
def web(*, host: str, port: int, data: Path, demo: bool, database_url: str | None, supervisor: int | None) -> None:
    """Serve pages, API and live bidding, without the sweeps (`auction jobs` does those).

    \b
    Example:
      DATABASE_URL=postgresql://auction@db/auction auction web --host 0.0.0.0 --port 8000
    """
    # Before anything opens a socket or starts a thread: from here on both are cooperative.
    from gevent import monkey

    monkey.patch_all()
    end_with(supervisor=supervisor)
    settings = settings_of(data=data, demo=demo)
    log_to_stderr(level=settings.log_level)

    from auction.app import create_app, create_platform
    from auction.edges.cli.demo import refuse_demo_data
    from auction.edges.open_files import allow_open_files

    allowed = allow_open_files(_OPEN_FILES)
    if allowed < _OPEN_FILES:
        logging.getLogger(__name__).warning(
            "the system allows %d open files: about %d watchers; raise the limit (ulimit -n %d) for more",
            allowed, max(0, allowed - _FILES_BESIDE), _OPEN_FILES,
        )  # fmt: skip
    with contextlib.ExitStack() as stack:
        url = database_url or stack.enter_context(open_database(settings))
        if not demo:
            refuse_demo_data(settings, url)
        platform = create_platform(settings, url)
        stack.callback(platform.close)
        app = create_app(platform)
        _leave_alone_what_stays()
        _serve(app, host=host, port=port)


def _leave_alone_what_stays() -> None:
    """Spare the collector the program itself; what a connection holds lives long too, and needs no look so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_MAX, 20, 20)


def _serve(app: "Flask", *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then let what is under way finish; the heart beats as long as it is served."""
    import gevent
    from gevent.pywsgi import WSGIHandler, WSGIServer

    from auction.edges.live import live_of

    class Handler(WSGIHandler):  # type: ignore[misc]  # gevent has no types
        """Ends a connection with its WebSocket: what may follow on the wire is a closing frame, not a request."""

        rfile: IOBase

        def __init__(self, sock: socket.socket, *more: object) -> None:
            super().__init__(sock, *more)
            # An answer leaves as head and body: without this the body waits 40 ms for the reader's acknowledgement.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.rfile.close()
            self.rfile = sock.makefile("rb", _REQUEST_BUFFER)

        def handle_one_response(self) -> None:
            super().handle_one_response()
            if "HTTP_UPGRADE" in self.environ:
                self.close_connection = True

    # Flask-SocketIO has wrapped the app; simple-websocket upgrades connections under this server.
    server = WSGIServer((host, port), app, log=None, backlog=_BACKLOG, handler_class=Handler)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.stop, _GRACE_SECONDS)
    try:
        server.start()
    except OSError as error:
        raise click.ClickException(f"Cannot listen on {host}:{port}: {error.strerror}") from error
    heartbeat = live_of(app).heartbeat
    heartbeat.start()
    try:
        server.serve_forever(stop_timeout=_GRACE_SECONDS)
    finally:
        heartbeat.stop()
