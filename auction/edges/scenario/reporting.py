"""What a run says: one line of JSON a file, or text for people."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from auction.edges.scenario.playing import Played


@dataclass(frozen=True, slots=True)
class Report:
    """How one file went: its steps, or where and why it cannot be played."""

    file: str
    title: str
    steps: tuple[Played, ...]
    malformed: str | None = None
    fault: str | None = None

    @classmethod
    def of_fault(cls, file: str, fault: BaseException) -> Report:
        """Return the report of a file that a fault of ours ended; it costs this file only, and is told whole."""
        return cls(file=file, title="", steps=(), fault="".join(traceback.format_exception(fault)))

    @property
    def ok(self) -> bool:
        """Say whether every expectation held."""
        return self.malformed is None and self.fault is None and not any(step.faults for step in self.steps)

    @property
    def exit_code(self) -> int:
        """Return 0 when every expectation held, 1 when one failed, 2 when the file is malformed."""
        return 2 if self.malformed else 0 if self.ok else 1

    def as_json(self) -> str:
        """Return the one line of ``--json``."""
        line: dict[str, object] = {
            "ok": self.ok,
            "file": self.file,
            "title": self.title,
            "steps": [step.as_json() for step in self.steps],
            "failures": [
                {"n": played.step.n, "line": played.step.line, "do": played.step.do, "why": why}
                for played in self.steps
                for why in played.faults
            ],
        }
        trouble = self.malformed or (self.fault or "").strip().rpartition("\n")[2]
        if trouble:
            line["failures"] = [{"n": None, "line": None, "do": None, "why": trouble}]
        if self.malformed:
            line["malformed"] = self.malformed
        return json.dumps(line, ensure_ascii=False)

    def lines(self) -> Iterator[str]:
        """Yield the report for people: one line, and one for each failure."""
        if self.malformed:
            return
        yield f"{'ok    ' if self.ok else 'FAILED'} {self.file}: {self.title} ({len(self.steps)} steps)"
        for played in self.steps:
            for why in played.faults:
                yield f"       {self.file}:{played.step.line}: step {played.step.n}, {played.step.do}: {why}"
