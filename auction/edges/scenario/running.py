"""Running files: read, played each on a database of its own, reported in the order given."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

from auction.edges.scenario.databases import Template, template
from auction.edges.scenario.playing import check_verbs, play
from auction.edges.scenario.reporting import Report
from auction.edges.stories.nodes import FileMalformed
from auction.edges.stories.reading import Scenario, read

#: From this many files on a second process pays for its start.
_FILES_FOR_WORKERS = 6
_WORKERS_MAX = 4


def run(files: Sequence[Path], *, env: Mapping[str, str]) -> Iterator[Report]:
    """Yield a report for each file, in order; no database is made when none can be played."""
    if all(isinstance(_read(file), Report) for file in files):
        yield from (report for file in files if isinstance(report := _read(file), Report))
        return
    with template(env) as ready, _workers(len(files)) as pool:
        waiting = [(file, pool.submit(run_file, file, template=ready)) for file in files]
        for file, future in waiting:
            fault = future.exception()
            yield future.result() if fault is None else Report.of_fault(str(file), fault)


def _workers(files: int) -> Executor:
    """Return where files are played: here one after the other, or in processes when there are many."""
    workers = min(_WORKERS_MAX, os.cpu_count() or 1)
    if files < _FILES_FOR_WORKERS or workers == 1:
        return ThreadPoolExecutor(1)
    # Spawned, not forked: a worker shares no connection and no lock with us.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def run_file(file: Path, *, template: Template) -> Report:
    """Play one file on a copy of the template and return its report."""
    found = _read(file)
    if isinstance(found, Report):
        return found
    with template.copy() as url:
        return Report(file=str(file), title=found.title, steps=tuple(play(found, url=url)))


def _read(file: Path) -> Scenario | Report:
    """Return what a file tells, or the report that it cannot be played."""
    try:
        found = read(file)
        check_verbs(found)
    except FileMalformed as fault:
        return Report(file=str(file), title="", steps=(), malformed=f"{file}:{fault.line}: {fault.reason}")
    return found
