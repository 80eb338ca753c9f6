"""The signing desk: it signs as the signer does, and whatever becomes of it everybody gets his signature."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from auction.foundation.docket import desk as desks
from auction.foundation.docket.desk import FEWEST, SigningDesk
from auction.foundation.docket.signing import Signer, new_seed
from auction.foundation.kernel.canonical import canonical

FORMS = [canonical({"bid": number, "words": "竞价" * number}) for number in range(64)]


@pytest.fixture
def signer() -> Signer:
    return Signer(new_seed())


@pytest.fixture
def desk(signer: Signer) -> Iterator[SigningDesk]:
    desk = SigningDesk(signer)
    yield desk
    desk.close()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "never came to hold"
        time.sleep(0.02)


def manned(desk: SigningDesk) -> int:
    desk.sign_forms(FORMS)
    until(lambda: desk.manned)
    assert desk.pid is not None
    return desk.pid


def alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and is not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_few_are_signed_without_a_process(desk: SigningDesk, signer: Signer) -> None:
    few = FORMS[: FEWEST - 1]
    assert desk.sign_forms(few) == signer.sign_forms(few)
    assert desk.sign_forms([]) == []
    assert desk.pid is None


def test_many_are_signed_alike_before_the_desk_is_ready_and_after(desk: SigningDesk, signer: Signer) -> None:
    expected = signer.sign_forms(FORMS)
    assert desk.sign_forms(FORMS) == expected, "the first batch does not wait for the desk"
    manned(desk)
    assert [desk.sign_forms(FORMS) for _ in range(20)] == [expected] * 20
    assert desk.id == signer.id


def test_batches_of_several_threads_are_not_mixed_up(desk: SigningDesk, signer: Signer) -> None:
    manned(desk)
    batches = [FORMS[start : start + 20] for start in range(40)]
    with ThreadPoolExecutor(8) as several:
        assert list(several.map(desk.sign_forms, batches)) == [signer.sign_forms(batch) for batch in batches]


@pytest.mark.parametrize("form", [b"", b"\x00" * 200_000, "竞价".encode() * 30_000], ids=["empty", "zeros", "long"])
def test_contents_of_every_length_are_signed_whole(desk: SigningDesk, signer: Signer, form: bytes) -> None:
    manned(desk)
    assert desk.sign_forms([form] * FEWEST) == signer.sign_forms([form] * FEWEST)


def test_killed_it_costs_nobody_his_signature_and_another_is_set_up(
    desk: SigningDesk, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "_ANEW_SECONDS", 0.1)
    first = manned(desk)
    os.kill(first, signal.SIGKILL)
    until(lambda: not alive(first))
    assert desk.sign_forms(FORMS) == signer.sign_forms(FORMS)
    time.sleep(0.2)
    assert manned(desk) != first
    assert desk.sign_forms(FORMS) == signer.sign_forms(FORMS)


def test_hanging_it_is_left_and_ended(desk: SigningDesk, signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "_SIGNING_SECONDS", 0.3)
    pid = manned(desk)
    os.kill(pid, signal.SIGSTOP)
    assert desk.sign_forms(FORMS) == signer.sign_forms(FORMS)
    assert not desk.manned
    until(lambda: not alive(pid))


def test_an_interrupt_is_for_who_asks(desk: SigningDesk, signer: Signer) -> None:
    pid = manned(desk)
    os.kill(pid, signal.SIGINT)
    assert desk.sign_forms(FORMS) == signer.sign_forms(FORMS)
    assert desk.pid == pid


def test_closed_it_ends_its_process_and_still_signs(desk: SigningDesk, signer: Signer) -> None:
    pid = manned(desk)
    desk.close()
    until(lambda: not alive(pid))
    assert desk.sign_forms(FORMS) == signer.sign_forms(FORMS)
    assert desk.pid is None


def test_neither_command_line_nor_surroundings_of_the_process_hold_the_key(desk: SigningDesk, signer: Signer) -> None:
    pid = manned(desk)
    secret = signer.secret()
    told = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
    assert secret not in told
    assert secret.hex().encode() not in told
    assert secret not in repr(desk).encode()


#: A process as ``auction web`` is one: the standard library made cooperative, several lots signing at once.
ASKER = """
from gevent import monkey
monkey.patch_all()
import sys, threading, time
from auction.foundation.docket.desk import SigningDesk
from auction.foundation.docket.signing import Signer, new_seed
signer = Signer(new_seed())
desk, forms, seen = SigningDesk(signer), [b"form"] * 64, []
desk.sign_forms(forms)
while not desk.manned:
    time.sleep(0.01)
lots = [threading.Thread(target=lambda: seen.append(desk.sign_forms(forms))) for _ in range(10)]
[lot.start() for lot in lots], [lot.join() for lot in lots]
print(desk.pid, seen == [signer.sign_forms(forms)] * 10 and desk.manned, flush=True)
time.sleep(60)
"""


def test_under_gevent_it_serves_all_and_ends_with_who_asks_however_he_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", ASKER], stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdout is not None
        pid, served = asker.stdout.readline().split()
        asker.kill()
    assert served == "True"
    until(lambda: not alive(int(pid)))
