"""What watchers are told: messages a second, how long until the last one knows, and what one costs in memory.

Messages a second are measured over several lots at once: of one lot no more than ten states a second are sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from auction.edges.bench.measures import Measure
from auction.edges.bench.place import Place
from auction.edges.bench.size import Size
from auction.edges.open_files import allow_open_files

#: Files a process needs beside its sockets.
_BESIDE = 200
_LIMITS_MS = {1_000: 150.0, 10_000: 1_000.0}
_MEMORY_KIB = 40.0
#: A bare client takes two files where ours takes one, and what each costs does not depend on their number.
_BARE_MAX = 2_000
_PAUSE, _PAUSE_LARGE = 0.3, 2.0


def measure(place: Place, size: Size) -> Iterator[Measure]:
    """Measure rooms of the sizes asked for, as far as the limit of open files goes."""
    yield _rate(place, size)
    for watchers in size.watchers:
        allowed = allow_open_files(watchers + _BESIDE) - _BESIDE
        yield from _room(place, size, watchers=min(watchers, allowed), wanted=watchers)


def _rate(place: Place, size: Size) -> Measure:
    """Messages a second: several rooms under many bids, beside the bare emit of a message as long to a room."""
    with place.web() as web:
        ours = place.play(
            "rooms", web.port, rooms=size.rooms, count=size.room_of, seconds=size.seconds, warm_up=size.warm_up
        )
    with place.echo() as echo:
        bare = place.play("emit", echo.port, count=size.room_of, seconds=size.seconds, length=round(ours["length"]))
    return Measure(
        name="messages delivered a second", value=ours["a_second"], unit="messages/s", yardstick=bare["a_second"],
        yardstick_name="bare Flask-SocketIO room emit of messages as long", kind="ratio at least", target=1.0,
        detail={
            "rooms": size.rooms, "watchers a room": size.room_of, "bytes a message": round(ours["length"]),
            "states a second a lot": ours["states_a_second"],
        },
    )  # fmt: skip


def _room(place: Place, size: Size, *, watchers: int, wanted: int) -> Iterator[Measure]:
    """How long until the last watcher of a large room is told, and the memory of each."""
    pause = _PAUSE_LARGE if watchers > min(_LIMITS_MS) else _PAUSE
    with place.web() as web:
        place.play("watch", web.port, count=8, rounds=2, pause=0.2)  # what the first watcher costs is not his
        told = place.play("watch", web.port, count=watchers, rounds=size.rounds, pause=pause, memory_of=web.process.pid)
    with place.echo() as echo:
        place.play("joined", echo.port, count=8)
        bare = place.play("joined", echo.port, count=min(watchers, _BARE_MAX), memory_of=echo.process.pid)
    limit = min((ms for count, ms in _LIMITS_MS.items() if wanted <= count), default=1_000.0)
    yield Measure(
        name=f"the last of {watchers} watchers is told, 99 of 100", value=told["p99_ms"], unit="ms", kind="at most",
        target=limit, detail={"p50_ms": told["p50_ms"], "max_ms": told["max_ms"], "rounds": told["rounds"]},
    )  # fmt: skip
    yield Measure(
        name=f"memory a watcher, of {watchers}", value=told["kib_each"], unit="KiB", kind="at most",
        target=_MEMORY_KIB, yardstick=bare["kib_each"], yardstick_name="bare Flask-SocketIO, joined to a room",
    )  # fmt: skip
