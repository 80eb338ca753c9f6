"""Children kept alive: started, watched, started again after a crash with a growing delay, ended together."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click

_DELAY_FIRST_SECONDS = 0.5
_DELAY_MAX_SECONDS = 30.0
_STEADY_SECONDS = 60.0  # a child that lived this long starts with a clean sheet
_GRACE_SECONDS = 15.0


@dataclass(kw_only=True, slots=True)
class Child:
    """One `auction` command run as a process of its own."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    delay: float = field(default=_DELAY_FIRST_SECONDS)
    again_at: float = 0.0

    def tend(self) -> None:
        """Start the child if it does not run and its delay is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self._start(now)
            return
        code = self.process.poll()
        if code is None:
            return
        if now - self.started_at > _STEADY_SECONDS:
            self.delay = _DELAY_FIRST_SECONDS
        click.echo(f"auction: `{self.name}` ended with {code}; again in {self.delay:g} s", err=True)
        self.process, self.again_at = None, now + self.delay
        self.delay = min(self.delay * 2, _DELAY_MAX_SECONDS)

    def end(self) -> None:
        """Ask the child to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, *, until: float) -> None:
        """Wait for the child's end, and take it from the table at the deadline."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self, now: float) -> None:
        # A session of its own: Ctrl-C reaches the supervisor only, which then ends its children in order.
        command = [sys.executable, "-m", "auction.edges.cli.main", self.name, *self.arguments]
        self.process = subprocess.Popen(
            [*command, "--supervisor", str(os.getpid())],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started_at = now


def end_all(children: Sequence[Child]) -> None:
    """End every child, gently first."""
    for child in children:
        child.end()
    deadline = time.monotonic() + _GRACE_SECONDS
    for child in children:
        child.wait(until=deadline)
