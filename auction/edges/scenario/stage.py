"""The stage a scenario plays on: a platform of its own, its clock, and the file's names for persons and things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from auction.edges.jobs.sweep import fall_due, settle
from auction.edges.platform import Platform, create_platform
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.roles import Actor, Role
from auction.gateways.clock import ManualClock
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.identity import commands as identity_acts
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.settings import Settings

#: Who has not signed in: every act that needs an account is refused him.
NOBODY = "nobody"
_STAFF = {role.value: role for role in Role if role is not Role.PLATFORM}
#: A scenario's data live as long as its run, so any key will do; one for all keeps a template usable by all.
_FIELD_KEY = Fernet.generate_key().decode()


def settings() -> Settings:
    """Return the settings of a platform that exists for one story only."""
    return Settings(
        database_url=None,
        data_dir=Path("scenario"),
        demo=True,
        secret_key=_FIELD_KEY,
        field_key=_FIELD_KEY,
        clock_file=None,
        log_level="WARNING",
    )


class Stage:
    """A platform whose clock only the file moves.

    Persons are named by the file: a creditor by the id of his claim, the debtor by his id, anyone else by any name,
    under which he is on record from his first mention.
    """

    def __init__(self, *, url: str, begins: datetime) -> None:
        self.clock = ManualClock(begins)
        self.platform: Platform = create_platform(settings(), url, clock=self.clock, scratch=True)
        self.acts_as: str | None = None
        self._names: dict[str, str] = {}
        self._persons: dict[str, str] = {}
        self._accounts: dict[str, Actor] = {}
        self._chains: dict[str, int] = {}
        self._quiet = False

    def close(self) -> None:
        """Let go of the database."""
        self.platform.database.dispose()

    @property
    def now(self) -> datetime:
        """The instant of the story."""
        return self.clock.now()

    @contextmanager
    def act(self, actor: Actor) -> Iterator[Act]:
        """Open one command's transaction at the instant of the story."""
        self._quiet = False
        with self.platform.act(None if self.acts_as == NOBODY else actor) as act:
            yield act

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read-only view."""
        with self.platform.read() as session:
            yield session

    def fall_due(self, *, until: datetime) -> None:
        """Let everything happen that falls due up to and including an instant."""
        # Where nobody acted since, and no time passes, nothing can have fallen due.
        if not (self._quiet and until <= self.now):
            fall_due(self.platform, until=until)
            self._quiet = True

    def wait_in_queue(self, *, until: datetime) -> None:
        """Move the clock alone: what falls due waits for an act that arrived before it."""
        self.clock.set(until)

    def settle(self) -> None:
        """Let what follows from an act follow at once: reactions, and money that moves."""
        settle(self.platform)

    def official(self, role: Role) -> Actor:
        """Return who does an act that is for a role; ``as`` may name somebody else."""
        return self._named_actor() or _staff(role)

    def second_person(self, role: Role) -> Actor:
        """Return the second person of an act that two must do; he is never the one ``as`` names."""
        return _staff(role)

    def party(self, person: str) -> Actor:
        """Return a bidder or party acting for himself; ``as`` may name somebody else."""
        if self.acts_as == Role.BIDDER.value:
            return self._account(person)
        return self._named_actor() or self._account(person)

    def person(self, name: str) -> str:
        """Return the person of a name in the file, put on record at his first mention.

        :raises InputMalformed: when it can be nobody's name
        """
        if name not in self._persons:
            checks = Checks()
            checks.identifier("person", name)
            checks.refuse()
            with self.platform.act() as act:
                self._persons[name] = self._on_record(act, name)
        return self._persons[name]

    def call(self, person: str, name: str) -> None:
        """Remember by which name of the file results speak of a party."""
        self._persons.pop(name, None)
        self._names.setdefault(person, name)

    def name_of(self, person: str | None) -> str | None:
        """Return the file's name of a person."""
        return None if person is None else self._names.get(person, person)

    def bidder_name(self, session: Session, registration: str | None) -> str | None:
        """Return the file's name of who made a registration."""
        return None if registration is None else self.name_of(bidding.registration(session, registration).person)

    def follow(self, chain: str) -> None:
        """Watch a lot, case or property, so that ``wait`` can tell what happened to it."""
        self._chains.setdefault(chain, 0)

    def news(self) -> list[Entry]:
        """Return what was entered on everything followed since it was asked last, in the order of time."""
        found: list[Entry] = []
        with self.read() as session:
            for chain, seq in self._chains.items():
                entries = docket.entries(session, chain, after=seq)
                found.extend(entries)
                self._chains[chain] = entries[-1].seq if entries else seq
        return sorted(found, key=lambda entry: entry.at)

    def _named_actor(self) -> Actor | None:
        if self.acts_as is None or self.acts_as == NOBODY:
            return None
        role = _STAFF.get(self.acts_as)
        return self._account(self.person(self.acts_as)) if role is None else _staff(role)

    def _on_record(self, act: Act, name: str) -> str:
        creditor = cases.creditor_of(act.session, name)
        if creditor is not None:
            return creditor
        known = identity.find_person(act.session, name)
        return known.id if known else identity_acts.enrol_person(act, name=name, id=name).id

    def _account(self, person: str) -> Actor:
        """Return a person's own account, opened when he first acts."""
        if person not in self._accounts:
            with self.platform.act() as act:
                opened = identity_acts.open_account(
                    act, login=new_id("account"), password=None, name=person, roles=[Role.BIDDER], person=person
                )
            self._accounts[person] = Actor(id=opened.id, name=opened.name, roles=opened.roles, person=person)
        return self._accounts[person]


def _staff(role: Role) -> Actor:
    return Actor(id=f"scenario-{role.value}", name=role.value, roles=frozenset({role}))
