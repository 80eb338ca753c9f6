"""Where a valuation stands, folded from its steps; pure, and one for clerk, page and board of what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from auction.procedure.valuation.rules import Mode


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was entered; instants in ``details`` are RFC 3339 text."""

    kind: str
    at: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entrusted:
    """What all platforms, or one agency, were asked for and still owe; ``purpose``: report, reissue or correction."""

    mode: Mode
    purpose: str
    to: tuple[str, ...]
    since: datetime
    by: datetime
    extensions: int = 0
    longer: datetime | None = None

    @property
    def until(self) -> datetime:
        """The last instant at which the report still comes in time."""
        return self.longer or self.by


@dataclass(frozen=True, slots=True)
class Report:
    """The newest price by platforms or an agency: what objections and corrections are about.

    ``first`` is the attempt it was first recorded by: a price by fewer of the same reports is the same report.
    """

    valuation: str
    first: str
    mode: Mode
    results: tuple[tuple[str, int], ...]
    delivered_at: datetime
    valid_until: datetime
    reissued: bool = False
    void: bool = False

    @property
    def makers(self) -> tuple[str, ...]:
        """Who made it: the platforms that counted, or the agency."""
        return tuple(name for name, _ in self.results)


@dataclass(frozen=True, slots=True)
class Contest:
    """An objection against a report on its way to the decision (法释〔2018〕15号 第22、23条)."""

    objection: str
    by: str
    valuation: str
    ground: str | None
    reports: tuple[str, ...]
    filed_at: datetime
    forward_by: datetime | None = None
    forwarded_at: datetime | None = None
    explain_by: datetime | None = None
    explained_at: datetime | None = None
    accepted: bool = False
    review_by: datetime | None = None
    wrong: bool | None = None
    decided_at: datetime | None = None

    @property
    def partial(self) -> bool:
        """Say whether only some platforms' reports are objected to: the others give the price meanwhile (第13条)."""
        return bool(self.reports)


@dataclass(frozen=True, slots=True)
class Draw:
    """A committed drawing of lots; ``seed`` is sealed until it is drawn."""

    commitment: str
    agencies: tuple[str, ...]
    sealed_seed: str
    at: datetime
    seed: str | None = None
    words: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that a next step depends on."""

    facts_at: datetime | None = None
    agencies: tuple[str, ...] = ()
    turn: int = 0
    draw: Draw | None = None
    entrusted: Entrusted | None = None
    replace_by: datetime | None = None
    report: Report | None = None
    received: Mapping[str, datetime] = field(default_factory=dict)
    contests: Mapping[str, Contest] = field(default_factory=dict)
    deferred_since: datetime | None = None
    withdrawn: Entrusted | None = None
    fees: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)

    @property
    def agency(self) -> str | None:
        """The agency whose turn it is, or None when none was chosen or all had theirs."""
        return self.agencies[self.turn] if self.turn < len(self.agencies) else None

    @property
    def pending(self) -> tuple[Contest, ...]:
        """The objections against the newest report as a whole that nobody has decided: until then it is no price."""
        newest = self.report.first if self.report else ""
        return tuple(
            one
            for one in self.contests.values()
            if one.decided_at is None and not one.partial and one.valuation == newest
        )


def instant_of(details: Mapping[str, Any], name: str) -> datetime | None:
    """Return an instant as a step keeps it."""
    text = details.get(name)
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def standing(steps: Iterable[Step]) -> Standing:
    """Return where the valuation stands after its steps, taken in their order."""
    found = Standing()
    for step in steps:
        fold = _FOLDS.get(step.kind)
        if fold is not None:
            found = fold(found, step)
    return found


def _facts(now: Standing, step: Step) -> Standing:
    return replace(now, facts_at=step.at)


def _entrusted(now: Standing, step: Step) -> Standing:
    details = step.details
    given = Entrusted(
        mode=Mode(details["mode"]),
        purpose=details["purpose"],
        to=tuple(details["to"]),
        since=step.at,
        by=instant_of(details, "by") or step.at,
    )
    return replace(now, entrusted=given, replace_by=None)


def _extended(now: Standing, step: Step) -> Standing:
    if now.entrusted is None:
        return now
    later = instant_of(step.details, "by") or now.entrusted.by
    return replace(now, entrusted=replace(now.entrusted, by=later, extensions=now.entrusted.extensions + 1))


def _chosen(now: Standing, step: Step) -> Standing:
    draw = now.draw
    if draw is not None and "seed" in step.details:
        drawn = tuple(step.details["agencies"])
        draw = replace(draw, seed=step.details["seed"], words=tuple(step.details["words"]), drawn=drawn)
    return replace(now, agencies=tuple(step.details["agencies"]), turn=0, draw=draw)


def _committed(now: Standing, step: Step) -> Standing:
    details = step.details
    draw = Draw(details["commitment"], tuple(details["list"]), details["sealed_seed"], step.at)
    return replace(now, draw=draw)


def _replaced(now: Standing, step: Step) -> Standing:  # noqa: ARG001 - every fold is asked the same way
    return replace(now, entrusted=None, turn=now.turn + 1, replace_by=None)


def _withdrawn(now: Standing, step: Step) -> Standing:  # noqa: ARG001 - every fold is asked the same way
    return replace(now, entrusted=None, deferred_since=None, withdrawn=now.entrusted)


def _valued(now: Standing, step: Step) -> Standing:
    details = step.details
    if details["outcome"] == "pending":
        longer = instant_of(details, "pending_until")
        return replace(now, entrusted=replace(now.entrusted, longer=longer)) if now.entrusted else now
    until, method = instant_of(details, "valid_until"), Mode(details["method"])
    answered = details["outcome"] == "price" or (now.entrusted is not None and now.entrusted.mode is method)
    after = replace(now, entrusted=None if answered else now.entrusted)
    if until is None:
        return after
    if not details["results"]:
        # What the parties agreed on or an authority answered stands on no report.
        return replace(after, report=None, received={})
    again = bool(details["again_of"])
    report = Report(
        valuation=details["valuation"],
        first=now.report.first if again and now.report else details["valuation"],
        mode=method,
        results=tuple((one["by"], one["amount_minor"]) for one in details["results"]),
        delivered_at=instant_of(details, "delivered_at") or step.at,
        valid_until=until,
        reissued=bool(now.entrusted and now.entrusted.purpose == "reissue"),
    )
    return replace(after, report=report, received=now.received if again else {})


def _voided(now: Standing, step: Step) -> Standing:
    report = replace(now.report, void=True) if now.report else None
    return replace(now, report=report, replace_by=instant_of(step.details, "replace_by"))


def _sent(now: Standing, step: Step) -> Standing:
    moment = instant_of(step.details, "received_at") or step.at
    return replace(now, received={**now.received, step.details["person"]: moment})


def _objected(now: Standing, step: Step) -> Standing:
    details = step.details
    contest = Contest(
        objection=details["objection"],
        by=details["by"],
        valuation=details["valuation"],
        ground=details["ground"],
        reports=tuple(details["reports"]),
        filed_at=step.at,
        forward_by=instant_of(details, "forward_by"),
    )
    return replace(now, contests={**now.contests, contest.objection: contest})


def _contest(change: Callable[[Contest, Step], Contest]) -> Callable[[Standing, Step], Standing]:
    def fold(now: Standing, step: Step) -> Standing:
        name = step.details["objection"]
        return replace(now, contests={**now.contests, name: change(now.contests[name], step)})

    return fold


def _deferred(now: Standing, step: Step) -> Standing:
    return replace(now, deferred_since=step.at)


def _resumed(now: Standing, step: Step) -> Standing:
    by = instant_of(step.details, "by")
    if now.entrusted is None or by is None:
        return replace(now, deferred_since=None)
    moved = replace(now.entrusted, by=by, longer=instant_of(step.details, "longer"))
    return replace(now, deferred_since=None, entrusted=moved)


def _fee(now: Standing, step: Step) -> Standing:
    lines = tuple((one["to"], one["amount_minor"]) for one in step.details["lines"])
    return replace(now, fees={**now.fees, step.details["paid_for"]: lines})


_FOLDS: Mapping[str, Callable[[Standing, Step], Standing]] = {
    "facts_found": _facts,
    "agencies_agreed": _chosen,
    "draw_committed": _committed,
    "agencies_drawn": _chosen,
    "entrusted": _entrusted,
    "extended": _extended,
    "agency_replaced": _replaced,
    "valued": _valued,
    "price_voided": _voided,
    "report_sent": _sent,
    "report_objected": _objected,
    "objection_forwarded": _contest(
        lambda one, step: replace(one, forwarded_at=step.at, explain_by=instant_of(step.details, "explain_by"))
    ),
    "objection_explained": _contest(
        lambda one, step: replace(one, explained_at=step.at, accepted=step.details["accepted"])
    ),
    "review_ordered": _contest(lambda one, step: replace(one, review_by=instant_of(step.details, "review_by"))),
    "review_concluded": _contest(lambda one, step: replace(one, wrong=step.details["wrong"])),
    "report_objection_decided": _contest(lambda one, step: replace(one, decided_at=step.at)),
    "valuation_deferred": _deferred,
    "valuation_resumed": _resumed,
    "valuation_withdrawn": _withdrawn,
    "valuation_fee": _fee,
}
