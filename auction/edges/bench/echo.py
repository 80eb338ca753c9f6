"""The yardstick of the live channel: bare Flask-SocketIO, echoing an event or emitting to a room."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - the standard library is made cooperative first
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from auction.edges.open_files import allow_open_files  # noqa: E402

_BACKLOG = 2048
_ROOM = "room"
_FILES = 24_000


def main() -> None:
    """Serve on the loopback port given as the first argument until ended."""
    app = Flask("yardstick")
    line = SocketIO(app, async_mode="gevent")

    @line.on("echo")
    def echo(data: dict[str, Any]) -> dict[str, Any]:
        return data

    @line.on("join")
    def join(_: dict[str, Any]) -> dict[str, Any]:
        join_room(_ROOM)
        return {"ok": True}

    @line.on("emit")
    def emit(data: dict[str, Any]) -> dict[str, Any]:
        for _ in range(int(data["times"])):
            line.emit("state", data["body"], to=_ROOM)
            line.sleep(0)  # each is on its way before the next, as states are
        return {"ok": True}

    allow_open_files(_FILES)
    WSGIServer(("127.0.0.1", int(sys.argv[1])), app, log=None, backlog=_BACKLOG).serve_forever()


if __name__ == "__main__":
    main()
