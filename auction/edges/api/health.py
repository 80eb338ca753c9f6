"""For operators and balancers: liveness, readiness with each dependency, figures."""

from __future__ import annotations

import contextlib
from http import HTTPStatus

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from auction.edges.live import live
from auction.edges.platform import Platform
from auction.edges.problems import dumped
from auction.procedure.bidding import service


def health(platform: Platform) -> Blueprint:
    """Return the addresses at the root: ``/healthz``, ``/readyz``, ``/metrics``."""
    root = Blueprint("health", __name__)

    @root.get("/healthz")
    def healthz() -> Response:
        return _plain({"status": "ok"})

    @root.get("/readyz")
    def readyz() -> Response:
        database = _database(platform)
        ready = database == "ok"
        dependencies = {"database": database}
        if platform.bus is not None:
            # Without it the heads are looked at every second: slower news, nothing that turns anybody away.
            dependencies["bus"] = "ok" if live().listener.hears else "unavailable"
        clocks = _clocks(platform) if ready else None
        if clocks is not None:
            # One that is off turns nobody away; operators must know it all the same.
            dependencies["clock"] = clocks
        body = {"status": "ok" if ready else "unavailable", "dependencies": dependencies}
        return _plain(body, status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)

    @root.get("/metrics")
    def metrics() -> Response:
        figures = live().figures
        # A database that is away is told by readyz; the process's own figures are shown all the same.
        with contextlib.suppress(SQLAlchemyError), platform.read() as session:
            figures.look(session, platform.clock.now())
        text, kind = figures.text()
        return Response(text, content_type=kind)

    return root


def _database(platform: Platform) -> str:
    try:
        return "ok" if platform.database.alive() else "unavailable"
    except SQLAlchemyError:
        return "unavailable"


def _clocks(platform: Platform) -> str | None:
    """Say whether the clocks of the processes that beat agree; nothing where none does."""
    try:
        with platform.read() as session:
            processes = service.living(session)
    except SQLAlchemyError:
        return None
    return service.clocks(processes, now=platform.clock.now()).state if processes else None


def _plain(body: object, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = Response(dumped(body), status=int(status), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
