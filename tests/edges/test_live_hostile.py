"""Hostile clients of a real ``auction web`` process: each is ended or limited by name, the others notice nothing."""

from __future__ import annotations

import contextlib
import itertools
import json
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.edges.raw import BINARY, PING, Raw, frame
from tests.program.running import free_port, wait_until

pytestmark = pytest.mark.xdist_group("live_hostile")  # one server for all of them
AUCTION = Path(sys.executable).with_name("auction")
SEED = ["seed-bench", "--lots", "1", "--bidders", "2", "--minutes", "30"]
DEEP = "[" * 9_000
MEBIBYTE = 1 << 20


@dataclass
class Served:
    """A web process with one open lot, and a bidder who is always there and must always be answered."""

    url: str
    process: subprocess.Popen[bytes]
    made: dict[str, Any]
    bids: Iterator[int]

    @property
    def lot(self) -> str:
        return str(self.made["lots"][0]["id"])

    def memory(self) -> int:
        """Return the bytes the process holds."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * 4096

    def raw(self, *headers: str, unread_bytes: int | None = None) -> Raw:
        return Raw(self.url, headers=headers, unread_bytes=unread_bytes)

    def still_serves(self) -> None:
        """Another bidder bids and is answered: he holds no line of before."""
        number = next(self.bids)
        with self.raw() as bidder:
            bidder.join(self.made["bidders"][number % 2]["token"])
            state = bidder.ask("watch", {"lot": self.lot})["state"]
            offer = {
                "lot": self.lot, "amount_minor": state["least_acceptable_minor"], "bid_id": f"steady-{number}",
            }  # fmt: skip
            answer = bidder.ask("bid", offer, number=2)
        assert answer["ok"], answer


pytestmark = pytest.mark.xdist_group("live_hostile")  # one server for all of them


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    out, data, log = folder / "made.json", folder / "var", folder / "web.log"
    subprocess.run([AUCTION, *SEED, "--out", out, "--data", data], check=True, timeout=240)
    port = free_port()
    command: list[str | Path] = [AUCTION, "web", "--port", str(port), "--data", data, "--demo"]
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    found = Served(f"http://127.0.0.1:{port}", process, json.loads(out.read_text()), itertools.count())

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{found.url}/healthz", timeout=2).status_code == 200
        return False

    wait_until(answers, what="the web process answers", pause=0.2)
    yield found
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    said_last = log.read_text()
    assert "Traceback" not in said_last, said_last[said_last.find("Traceback") - 500 :][:4_000]


_FRAMES: dict[str, bytes] = {
    "an opcode nobody knows": frame(b"x", opcode=0x3),
    "a control opcode nobody knows": frame(b"", opcode=0xB),
    "a frame without a mask": frame(b"3", masked=False),
    "the bit of compression without any agreed": frame(b"3", reserved=4),
    "a reserved bit": frame(b"3", reserved=1),
    "a continuation of nothing": frame(b"3", opcode=0x0),
    "a ping larger than a ping may be": frame(b"x" * 126, opcode=PING),
    "a ping in pieces": frame(b"x", opcode=PING, fin=False),
    "a text in the middle of a text": frame(b"4", fin=False) + frame(b"3"),
    "text that is no UTF-8": frame(b"42\xff\xfe"),
    "half a character": frame("42号".encode()[:-1]),
    "a frame of an exbibyte": frame(b"x" * 20_000, size=1 << 60),
    "a message beyond the limit": frame(b"4" + b"2" * 50_000),
    "pieces without end": frame(b"4" * 900, fin=False) + frame(b"2" * 900, opcode=0x0, fin=False) * 20,
    "nothing": frame(b""),
    "a word": frame(b"hello"),
    "a binary message": frame(b"\x00\x01", opcode=BINARY),
    "binary as text": frame(b"bAAAA"),
    "binary as text, broken": frame(b"b!"),
    "a number that is a digit and is none": frame("²".encode()),
    "a packet that only the server sends": frame(b'0{"sid":"x"}'),
    "a ping with depths": frame(b"3" + DEEP.encode()),
    "a message of no kind": frame(b"4"),
    "a kind nobody knows": frame(b"49"),
    "attachments announced": frame(b'451-/live,["watch",{"_placeholder":true,"num":0}]'),
    "a thousand million attachments announced": frame(b'45999999999-/live,["watch"]'),
    "an answer with attachments": frame(b"462-/live,1[]"),
    "an error that only the server tells": frame(b'44/live,{"message":"x"}'),
    "an event of nothing": frame(b"42/live,"),
    "an event without a name": frame(b"42/live,[]"),
    "an event named by an object": frame(b'42/live,[{"a":1}]'),
    "an event that is an object": frame(b'42/live,{"0":"watch"}'),
    "an event with a name without end": frame(b'42/live,["' + b"w" * 500 + b'"]'),
    "depths": frame(f"42/live,{DEEP}".encode()),
    "broken JSON": frame(b'42/live,["watch",{"lot":'),
    "a number of an answer beyond measure": frame(b"42/live," + b"9" * 200 + b'["clock"]'),
    "an amount beyond measure": frame(b'42/live,1["bid",{"amount_minor":' + b"9" * 6_000 + b"}]"),
}


@pytest.mark.parametrize("what", _FRAMES)
def test_what_is_no_packet_ends_its_own_line_and_no_other(served: Served, what: str) -> None:
    with served.raw() as steady, served.raw() as hostile:
        steady.join()
        hostile.join()
        hostile.sock.sendall(_FRAMES[what])
        assert hostile.ended(), what
        assert steady.ask("clock")["server_time"]


def test_after_all_that_bids_are_decided(served: Served) -> None:
    served.still_serves()


def test_the_end_of_a_line_says_why(served: Served) -> None:
    with served.raw() as hostile:
        hostile.say("hello")
        assert hostile.ended()
        assert (hostile.code, hostile.why) == (1008, "malformed message")


def test_a_message_that_inflates_beyond_the_limit_ends_its_line(served: Served) -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    small = deflate.compress(b"4" * (64 * MEBIBYTE)) + deflate.flush(zlib.Z_SYNC_FLUSH)
    before = served.memory()
    with served.raw("Sec-WebSocket-Extensions: permessage-deflate") as bomb:
        assert b"permessage-deflate" in bomb.answer
        bomb.join()
        with contextlib.suppress(ConnectionError):
            bomb.sock.sendall(frame(small.removesuffix(b"\x00\x00\xff\xff"), reserved=4))
        assert bomb.ended()
    assert served.memory() - before < 32 * MEBIBYTE
    served.still_serves()


@pytest.mark.parametrize("said", ['42/live,1["watch",{"lot":"x"}]', '42["watch"]', '42/other,1["watch"]'])
def test_who_speaks_before_he_has_joined_is_not_heard(served: Served, said: str) -> None:
    with served.raw() as hasty:
        hasty.say(said)
        assert hasty.ended()
        assert hasty.why == "nothing is said before joining"


def test_who_joins_again_and_again_is_ended(served: Served) -> None:
    with served.raw() as pushy:
        for _ in range(20):
            pushy.say('40/live,{"token":"none of ours"}')
        assert pushy.ended()
        assert pushy.why == "joined again and again"


def test_joining_twice_or_elsewhere_gives_nothing_more(served: Served) -> None:
    with served.raw() as one:
        one.join()
        for where in ("40/live,", "40/other,", "40"):
            one.say(where)
            assert (one.read() or "").startswith("44")
        assert one.ask("clock")["server_time"]


@pytest.mark.parametrize("event", ["disconnect", "connect", "connect_error", "*", "__disconnect_final"])
def test_the_names_of_the_servers_own_events_are_nobodys_to_send(served: Served, event: str) -> None:
    with served.raw() as sly:
        sly.join()
        answer = sly.ask(event, {"REQUEST_METHOD": "GET", "HTTP_COOKIE": "session=x", "wsgi.input": None})
        assert answer["problem"]["code"] == "input.malformed"
        assert sly.ask("watch", {"lot": served.lot}, number=2)["ok"]


def test_answers_nobody_asked_for_change_nothing(served: Served) -> None:
    with served.raw() as forger:
        forger.join()
        for forged in (
            "43/live,1[]",
            '43/live,0[{"ok":true}]',
            "43/live,99999999[1]",
            "43/live,[]",
            "43/other,1[]",
            "43",
        ):
            forger.say(forged)
        assert forger.ask("clock")["server_time"]
        assert forger.ask("watch", {"lot": served.lot}, number=2)["ok"]


def test_one_number_for_many_questions_answers_each(served: Served) -> None:
    with served.raw() as one:
        one.join()
        for _ in range(5):
            one.say('42/live,7["clock"]')
        assert [sorted(one.answered(7)) for _ in range(5)] == [["server_time"]] * 5


@pytest.mark.parametrize(("event", "first"), [("clock", None), ("nonsense", "input.malformed")])
def test_a_flood_is_limited_by_name_and_others_are_answered(served: Served, event: str, first: str | None) -> None:
    with served.raw() as flood:
        flood.join()
        flood.sock.sendall(b"".join(frame(f'42/live,{n}["{event}"]'.encode()) for n in range(1_500)))
        served.still_serves()
        codes = [flood.answered(n).get("problem", {}).get("code") for n in range(0, 1_500, 100)]
    assert (codes[0], codes[-1]) == (first, "rate.limited")


def _sent_until_ended(line: Raw, data: bytes) -> bool:
    try:
        for _ in range(4_000):
            line.sock.sendall(data)
    except ConnectionError:
        return True
    return False


def test_who_asks_on_and_on_and_never_reads_is_ended(served: Served) -> None:
    before = served.memory()
    question = frame(json.dumps(["watch", {"lot": served.lot, "after": 0}]).join(("42/live,1", "")).encode())
    with served.raw(unread_bytes=4096) as deaf:
        deaf.join()
        deaf.sock.settimeout(30)
        assert _sent_until_ended(deaf, question * 100), "the line was kept"
    assert served.memory() - before < 64 * MEBIBYTE
    served.still_serves()


def test_who_reads_late_gets_every_answer_and_states_in_their_order(served: Served) -> None:
    """Answers of ten megabytes wait while the network takes no more of them, and no state overtakes them."""
    questions = range(2, 102)
    with served.raw(unread_bytes=4096) as late, served.raw() as bidder:
        seq = late.join().ask("watch", {"lot": served.lot})["state"]["seq"]
        bidder.join(served.made["bidders"][0]["token"])
        for burst in range(3):  # what is refused lies in the docket too
            bids = range(burst * 60, burst * 60 + 60)
            offers = ({"lot": served.lot, "amount_minor": 1, "bid_id": f"late-{number}"} for number in bids)
            bidder.sock.sendall(b"".join(_event(offer, number) for number, offer in zip(bids, offers, strict=True)))
            assert [bidder.answered(number)["ok"] for number in bids] == [False] * 60
        for number in questions:
            late.sock.sendall(_event({"lot": served.lot, "after": seq}, number, name="watch"))
        served.still_serves()
        numbers, states = _heard(late, answers=len(questions))
        assert late.ask("clock", number=1_000)["server_time"]
    assert sorted(numbers) == list(questions)  # each is answered by a thread of its own
    assert states == sorted(states)
    assert states[-1] >= seq + 180


def _event(data: dict[str, Any], number: int, *, name: str = "bid") -> bytes:
    return frame(f"42/live,{number}{json.dumps([name, data])}".encode())


def _heard(line: Raw, *, answers: int) -> tuple[list[int], list[int]]:
    """Read so many answers; return their numbers and those of the states between them, as they came."""
    numbers: list[int] = []
    states: list[int] = []
    while len(numbers) < answers:
        told = line.read()
        assert told is not None, "the line was ended"
        if told.startswith("42/live"):
            states.append(json.loads(told.removeprefix("42/live,"))[1]["seq"])
        elif told.startswith("43/live"):
            numbers.append(int(told.removeprefix("43/live,").partition("[")[0]))
    line.say("3")
    return numbers, states


def test_who_asks_to_watch_and_is_gone_is_counted_no_more(served: Served) -> None:
    with served.raw() as steady:  # the library tells otherwise of who is gone while others are there
        steady.join()
        for _ in range(40):
            with served.raw() as hasty:
                hasty.join()
                hasty.say(f'42/live,1["watch",{{"lot":"{served.lot}"}}]')

    def alone() -> bool:
        with served.raw() as one:
            return bool(one.join().ask("watch", {"lot": served.lot})["state"]["watchers"] == 1)

    wait_until(alone, what="nobody else watches", pause=0.2)


def test_pings_without_end_leave_the_others_their_turn(served: Served) -> None:
    with served.raw() as flood:
        flood.join()
        pings = frame(b"x" * 20, opcode=PING) * 2_000
        flood.sock.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            for _ in range(20):
                flood.sock.sendall(pings)
        served.still_serves()


def test_hundreds_of_lines_that_never_join_harm_nobody(served: Served) -> None:
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(served.raw()) for _ in range(200)]
        served.still_serves()
        assert lines[0].join().ask("clock")["server_time"]


_ASKS = b"GET /socket.io/?EIO=4&transport=websocket"
_UPGRADE = b" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
_HANDSHAKES = (
    _ASKS + _UPGRADE + b"\r\n",
    _ASKS + _UPGRADE + b"Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: x\r\n\r\n",
    _ASKS + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    _ASKS + b"&sid=none" + _UPGRADE + b"\r\n",
    b"GET /socket.io/?EIO=4&transport=pigeon HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /socket.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n4",
)


@pytest.mark.parametrize("opening", _HANDSHAKES, ids=range(len(_HANDSHAKES)))
def test_a_handshake_that_is_none_is_refused(served: Served, opening: bytes) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(opening)
        status = int(sock.recv(4096).split(b" ", 2)[1])
    assert 400 <= status < 500
