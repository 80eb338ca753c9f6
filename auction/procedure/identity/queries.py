"""What others may know of courts, persons and accounts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.sealing import blind_index
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.identity import passwords, rules
from auction.procedure.identity.models import Account, ApiKey, Court, Person


@dataclass(frozen=True, slots=True)
class CourtRecord:
    """A court as pages show it."""

    id: str
    name: str
    code: str | None
    level: str
    city: str | None
    phone: str | None
    supervision_phone: str | None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person; ``name`` is for those who may know it, ``masked_name`` for everybody else."""

    id: str
    kind: str
    name: str
    masked_name: str
    has_number: bool


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account without its secrets."""

    id: str
    login: str
    name: str
    roles: frozenset[Role]
    person: str | None
    court: str | None
    language: str
    active: bool


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as its owner sees it; the token itself is shown only once, when issued."""

    id: str
    account: str
    scopes: frozenset[str]
    label: str
    created_at: datetime
    revoked_at: datetime | None


def authenticate(session: Session, *, login: str, password: str) -> Actor | None:
    """Return who signs in, or None; an unknown login takes as long as a wrong password."""
    row = session.scalars(select(Account).where(Account.login == rules.plain_login(login))).one_or_none()
    right = len(password) <= rules.PASSWORD_MAX and passwords.fits(password, row.password_hash if row else None)
    return _actor(row) if row is not None and row.active and right else None


def actor(session: Session, *, account: str) -> Actor | None:
    """Return who an account acts as, or None when it is unknown or closed."""
    row = session.get(Account, account)
    return _actor(row) if row is not None and row.active else None


def actor_of_token(session: Session, *, token: str) -> tuple[Actor, frozenset[str]] | None:
    """Return who a key acts for and within which scopes, or None."""
    found = session.execute(
        select(Account, ApiKey.scopes)
        .join(ApiKey, ApiKey.account_id == Account.id)
        .where(ApiKey.token_hash == token_hash(token), ApiKey.revoked_at.is_(None), Account.active)
    ).one_or_none()
    return (_actor(found[0]), frozenset(found[1])) if found else None


def token_hash(token: str) -> str:
    """Return the digest a key is kept under; tokens are random, so no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def account(session: Session, id: str) -> AccountRecord:  # noqa: A002 - as everywhere
    """Return an account.

    :raises NotFound: no such account
    """
    row = session.get(Account, id)
    if row is None:
        raise NotFound(what="account", name=id)
    return _account(row)


def find_account(session: Session, *, login: str) -> AccountRecord | None:
    """Return the account of a login, or None."""
    row = session.scalars(select(Account).where(Account.login == rules.plain_login(login))).one_or_none()
    return _account(row) if row else None


def account_of_person(session: Session, person: str) -> AccountRecord | None:
    """Return the account a person acts through, or None."""
    row = session.scalars(select(Account).where(Account.person_id == person)).one_or_none()
    return _account(row) if row else None


def accounts(session: Session, *, limit: int = 200, after: str = "") -> list[AccountRecord]:
    """Return accounts in the order of their logins."""
    query = select(Account).where(Account.login > after).order_by(Account.login).limit(limit)
    return [_account(row) for row in session.scalars(query)]


def keys(session: Session, account: str) -> list[KeyRecord]:
    """Return an account's keys, newest first, revoked ones included."""
    query = select(ApiKey).where(ApiKey.account_id == account).order_by(ApiKey.created_at.desc(), ApiKey.id)
    return [key_record(row) for row in session.scalars(query)]


def staff(session: Session, court: str, role: Role | None = None) -> list[AccountRecord]:
    """Return who serves a court, in one role or any."""
    query = select(Account).where(Account.court_id == court, Account.active).order_by(Account.login)
    if role is not None:
        query = query.where(Account.roles.contains([role.value]))
    return [_account(row) for row in session.scalars(query)]


def court(session: Session, id: str) -> CourtRecord:  # noqa: A002 - as everywhere
    """Return a court by its id.

    :raises NotFound: no such court
    """
    row = session.get(Court, id)
    if row is None:
        raise NotFound(what="court", name=id)
    return _court(row)


def find_court(session: Session, name: str) -> CourtRecord | None:
    """Return the court of that id or exact name, or None."""
    row = session.get(Court, name) or session.scalars(select(Court).where(Court.name == name)).one_or_none()
    return _court(row) if row else None


def courts(session: Session) -> list[CourtRecord]:
    """Return every court in the order of names."""
    return [_court(row) for row in session.scalars(select(Court).order_by(Court.name))]


def person(session: Session, id: str) -> PersonRecord:  # noqa: A002 - as everywhere
    """Return a person by id.

    :raises NotFound: no such person
    """
    row = session.get(Person, id)
    if row is None:
        raise NotFound(what="person", name=id)
    return person_record(row)


def find_person(session: Session, id: str) -> PersonRecord | None:  # noqa: A002 - as everywhere
    """Return a person by id, or None."""
    row = session.get(Person, id)
    return person_record(row) if row else None


def persons(session: Session, *, ids: list[str]) -> dict[str, PersonRecord]:
    """Return the persons of those ids that exist, by id."""
    return {row.id: person_record(row) for row in session.scalars(select(Person).where(Person.id.in_(ids)))}


def persons_named(session: Session, *, name: str) -> list[PersonRecord]:
    """Return the persons with exactly that name; names are encrypted, so nothing else can be searched."""
    query = select(Person).where(Person.name_index == blind_index(name.strip())).order_by(Person.id).limit(200)
    return [person_record(row) for row in session.scalars(query)]


def person_by_number(session: Session, *, id_number: str) -> PersonRecord | None:
    """Return the person who has that number, or None."""
    wanted = blind_index(rules.plain_number(id_number))
    row = session.scalars(select(Person).where(Person.id_index == wanted)).one_or_none()
    return person_record(row) if row else None


def person_record(row: Person) -> PersonRecord:
    """Return a person's row as a record."""
    return PersonRecord(
        id=row.id,
        kind=row.kind,
        name=row.name,
        masked_name=rules.masked(row.name, kind=row.kind),
        has_number=row.id_index is not None,
    )


def key_record(row: ApiKey) -> KeyRecord:
    """Return a key's row as a record."""
    return KeyRecord(
        id=row.id,
        account=row.account_id,
        scopes=frozenset(row.scopes),
        label=row.label,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )


def _actor(row: Account) -> Actor:
    return Actor(
        id=row.id,
        name=row.name,
        roles=frozenset(Role(name) for name in row.roles),
        person=row.person_id,
        court=row.court_id,
    )


def _account(row: Account) -> AccountRecord:
    return AccountRecord(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(Role(name) for name in row.roles),
        person=row.person_id,
        court=row.court_id,
        language=row.language,
        active=row.active,
    )


def _court(row: Court) -> CourtRecord:
    return CourtRecord(
        id=row.id,
        name=row.name,
        code=row.code,
        level=row.level,
        city=row.city,
        phone=row.phone,
        supervision_phone=row.supervision_phone,
    )
