"""A platform that is told anything in any order: what was done, what was refused, and that no refusal changed it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from auction import capabilities
from auction.edges.platform import Platform
from auction.edges.scenario.given import Given
from auction.edges.scenario.playing import plain
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import VERBS
from auction.foundation.docket import queries as docket
from auction.foundation.docket.models import DocketHead
from auction.foundation.kernel.refusal import Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.distribution import commands as distribution
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.queries import SettlementRecord

BEGINS = datetime.fromisoformat("2025-03-03T09:00:00+08:00")
CASES = ("C1", "C2")
THINGS = ("P1", "P2", "P3")
BIDDERS = ("A", "B", "C")
PARTIES = ("D", "K1", "K2", "K3")

#: Who exists is put on record at his first mention, whether or not what he wants is granted.
_ON_RECORD = frozenset({"persons", "accounts", "courts"})
_CHAINS = frozenset({"docket_heads", "docket_entries", "docket_seals", "docket_reactions"})
_OF_THE_ROAD = "chain ~ '^(lot|case|property):'"


@dataclass
class Tally:
    """How often each verb was done, and by which names it was refused."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class Seen:
    """What there is; a record is read again when its docket has moved."""

    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    things: dict[str, list[PropertyRecord]] = field(default_factory=dict)
    lots_by_id: dict[str, LotRecord] = field(default_factory=dict)
    settled: dict[str, SettlementRecord] = field(default_factory=dict)
    read_at: datetime | None = None

    @property
    def lots(self) -> Mapping[str, list[LotRecord]]:
        """The lots of each case in the order drafted."""
        drafted = sorted(self.lots_by_id.values(), key=lambda lot: int(lot.id[1:]) if lot.id[1:].isdecimal() else 0)
        return {case: [lot for lot in drafted if lot.case == case] for case in CASES}


def _digests() -> str:
    names = sorted(table for table in capabilities.metadata().tables if table not in _ON_RECORD)
    parts = [
        f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) "  # noqa: S608 - our own tables
        f"FROM {name} t{f' WHERE {_OF_THE_ROAD}' if name in _CHAINS else ''}"
        for name in names
    ]
    return " UNION ALL ".join(parts)


class World:
    """One database, its clock, and the verbs of the road, each checked as it is done."""

    def __init__(self, *, url: str, tally: Tally) -> None:
        self.stage = Stage(url=url, begins=BEGINS)
        self.tally = tally
        self.numbers = count(1)
        self._digests = _digests()
        self._seen = Seen()
        self._stale = True
        self._digest: Mapping[str, str] | None = None

    @property
    def now(self) -> datetime:
        return self.stage.now

    @property
    def platform(self) -> Platform:
        return self.stage.platform

    def close(self) -> None:
        self.stage.close()

    def begin(self, *, debtor_kind: str, applicant_minor: int, secured: bool) -> None:
        """Open two cases of one debtor with things that are valued; the second case's claim hangs on P1."""
        debtor = {"id": "D", "name": "赵某" if debtor_kind == "natural_person" else "某有限公司", "kind": debtor_kind}
        claims = [
            _claim("K1", "甲银行", applicant_minor, applicant=True, seizure_order=1),
            _claim("K2", "乙公司", 9_000_001, kind="secured", property="P1", rank=1)
            if secured
            else _claim("K2", "乙公司", 20_000_001),
        ]
        court = "北京市朝阳区人民法院"
        self.must("open_case", case="C1", number="（2025）京0105执1号", court=court, debtor=debtor, claims=claims)
        other = [_claim("K3", "丙公司", 5_000_000, applicant=True, property="P1")]
        self.must("open_case", case="C2", number="（2025）京0105执2号", court=court, debtor=debtor, claims=other)
        for name in (*BIDDERS, *PARTIES):
            self.stage.person(name)
        for thing, case in zip(THINGS, ("C1", "C1", "C2"), strict=True):
            self.must("seize", property=thing, case=case, kind="movable", title=f"车辆{thing}", category="vehicle")
            until = (self.now + timedelta(days=300)).isoformat()
            self.must(
                "value_by_appraisal",
                property=thing, agency="评估公司", amount_minor=100_000_000, valid_until=until, agreed=True,
            )  # fmt: skip

    def must(self, verb: str, **given: object) -> None:
        """Do what the law lets be done here."""
        self._play(verb, given)
        self.forget()
        self.tally.done[verb] += 1

    def do(self, verb: str, *, acts_as: object = None, **given: object) -> Refusal | None:
        """Do a verb, or see it refused by name with nothing changed; any other exception is the test's to show."""
        self.stage.acts_as = str(acts_as) if acts_as else None
        before = self.digest()
        self.forget()
        try:
            self._play(verb, given)
        except Refusal as refusal:
            self._check_refusal(refusal)
            self._check_nothing_changed(verb, before)
            self.tally.refused[verb, refusal.code] += 1
            return refusal
        finally:
            self.stage.acts_as = None
        self.tally.done[verb] += 1
        return None

    def until(self, instant: datetime) -> None:
        """Let time pass; what falls due meanwhile happens, and so does what follows from it."""
        self.forget()
        self.stage.fall_due(until=max(instant, self.now))
        self.stage.settle()
        self.tally.done["wait"] += 1

    def seen(self) -> Seen:
        """Return what there is now."""
        if self._stale:
            with self.stage.read() as session:
                self._look(session)
            self._stale = False
        return self._seen

    def _look(self, session: Session) -> None:
        before, seen = self._seen.heads, self._seen
        found = session.execute(select(DocketHead.chain, DocketHead.seq, DocketHead.hash).where(DocketHead.seq > 0))
        seen.heads = {chain: (seq, digest) for chain, seq, digest in found}
        moved = {chain for chain, head in seen.heads.items() if before.get(chain) != head}
        for chain in moved:
            what, _, name = chain.partition(":")
            if what == "lot":
                seen.lots_by_id[name] = lots.lot(session, name)
                if (settled := settlements.settlement(session, name)) is not None:
                    seen.settled[name] = settled
        if seen.read_at != self.now or any(chain.startswith("property:") for chain in moved):
            # Holds on things end by the passing of time alone.
            seen.things = {case: assets.properties(session, case, now=self.now) for case in CASES}
            seen.read_at = self.now

    def digest(self) -> Mapping[str, str]:
        """Return what every table holds, by its digest."""
        if self._digest is None:
            with self.platform.database.engine.connect() as connection:
                self._digest = {str(row[0]): str(row[1]) for row in connection.execute(text(self._digests))}
        return self._digest

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Let a process die within: what it had not committed is gone."""
        try:
            yield
        except Died:
            self.tally.done["crash"] += 1
        self.forget()

    def forget(self) -> None:
        """Look again before saying how things are."""
        self._digest, self._stale = None, True

    def _play(self, verb: str, given: Mapping[str, object]) -> None:
        match verb:
            case "pay_out":  # a story's payment is two commands of two persons
                with self.stage.act(self.stage.official(Role.FINANCE)) as act:
                    distribution.pay_out(act, **given)  # type: ignore[arg-type]
            case "release_payout":
                with self.stage.act(self.stage.official(Role.HEAD)) as act:
                    distribution.release_payout(act, **given)  # type: ignore[arg-type]
                self.stage.settle()
            case _:
                json.dumps(plain(VERBS[verb].play(self.stage, Given(given))))

    def _check_refusal(self, refusal: Refusal) -> None:
        assert refusal.code.count(".") == 1
        assert refusal.article
        for language in ("zh", "en"):
            assert refusal.message(language)
            assert refusal.title(language)
        json.dumps(plain(refusal.plain_facts()))

    def _check_nothing_changed(self, verb: str, before: Mapping[str, str]) -> None:
        after = self.digest()
        changed = {name for name in before if before[name] != after[name]}
        if verb == "bid":
            # A bid refused after admission is an act of its own and is entered (contract section 4).
            changed -= {"docket_heads", "docket_entries"}
            assert self._newest_kind(before, after) in {None, "bid.refused"}
        assert changed == set(), f"{verb} was refused, and yet {changed} changed"

    def _newest_kind(self, before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
        if before["docket_entries"] == after["docket_entries"]:
            return None
        with self.stage.read() as session:
            newest = docket.feed(session, after=(0, 0), limit=100_000)
        return newest[-1].entry.kind


class Died(Exception):
    """A process ends here."""


def _claim(name: str, creditor: str, minor: int, *, kind: str = "ordinary", **more: object) -> dict[str, object]:
    return {"id": name, "creditor": creditor, "amount_minor": minor, "kind": kind, **more}
