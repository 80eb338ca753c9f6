"""What a command is given to read: a file or an address, and never more than it may hold."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typing_extensions import override

from auction.edges.cli.sources import SourceUnreadableError, read

MOST = 1_000_000


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An address that answers as many bytes as its path says, or without end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = self.path.removeprefix("/")
            self.send_response(200 if size.isdigit() or size == "endless" else 404)
            self.end_headers()
            if size == "endless":
                with contextlib.suppress(ConnectionError):
                    while True:
                        self.wfile.write(b"x" * 65_536)
            elif size.isdigit():
                self.wfile.write(b"x" * int(size))

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("size", [0, 1, MOST])
def test_a_file_and_an_address_are_read_whole(tmp_path: Path, address: str, size: int) -> None:
    (tmp_path / "file").write_bytes(b"x" * size)

    assert read(str(tmp_path / "file"), most_bytes=MOST) == b"x" * size
    assert read(f"{address}/{size}", most_bytes=MOST) == b"x" * size


def test_more_than_may_be_read_is_refused_wherever_it_comes_from(tmp_path: Path, address: str) -> None:
    (tmp_path / "file").write_bytes(b"x" * (MOST + 1))

    for given in (str(tmp_path / "file"), "/dev/zero", f"{address}/{MOST + 1}", f"{address}/endless"):
        with pytest.raises(SourceUnreadableError, match="larger than the 1 MB"):
            read(given, most_bytes=MOST)


def test_what_is_not_there_is_told(tmp_path: Path, address: str) -> None:
    for given, told in [
        (str(tmp_path / "none"), "No such file"),
        (str(tmp_path), "directory"),
        (f"{address}/none", "the address answered 404"),
        ("HTTP://127.0.0.1:9/", "the address does not answer"),
        ("https://", "the address does not answer"),
    ]:
        with pytest.raises(SourceUnreadableError, match=told):
            read(given, most_bytes=MOST)
