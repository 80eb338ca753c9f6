"""Adding courts, knowing persons, opening accounts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act, command
from auction.foundation.database.sealing import blind_index
from auction.foundation.docket.commands import append
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.identity import passwords, queries, rules
from auction.procedure.identity.models import Account, ApiKey, Court, Person
from auction.procedure.identity.reading import read_number, read_roles
from auction.procedure.inputs import Checks

_COURT_ROLES = frozenset({Role.OFFICER, Role.PANEL, Role.FINANCE, Role.HEAD})


@command("add_court", by={Role.ADMINISTRATOR})
def add_court(
    act: Act,
    *,
    name: str,
    code: str | None = None,
    level: str = "basic",
    city: str | None = None,
    phone: str | None = None,
    supervision_phone: str | None = None,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> queries.CourtRecord:
    """Add a court, once: a court of that name already there is returned unchanged.

    :raises InputMalformed: a field cannot be read, or the id is another court's
    """
    checks = Checks()
    row = {
        "id": new_id("court") if id is None else checks.identifier("id", id),
        "name": checks.text("name", name, longest=100),
        "code": checks.text_or_none("code", code, longest=20),
        "level": checks.one_of("level", level, rules.COURT_LEVELS),
        "city": checks.text_or_none("city", city, longest=50),
        "phone": checks.text_or_none("phone", phone, longest=50),
        "supervision_phone": checks.text_or_none("supervision_phone", supervision_phone, longest=50),
    }
    checks.refuse()
    added = act.session.scalar(upsert(Court).values(**row).on_conflict_do_nothing().returning(Court.id))
    there = queries.find_court(act.session, str(row["name"]))
    if there is None or (id is not None and there.id != id):
        raise InputMalformed(errors={"id": "编号已被使用 / the id is already used"})
    if added:
        append(act, f"court:{there.id}", "court.added", {"name": there.name, "level": there.level})
    return there


@command("enrol_person", by={Role.OFFICER, Role.ADMINISTRATOR, Role.FINANCE})
def enrol_person(
    act: Act,
    *,
    name: str,
    kind: str = rules.NATURAL_PERSON,
    id_number: str | None = None,
    phone: str | None = None,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> queries.PersonRecord:
    """Put a person on record; the same number and name again is the same person.

    :raises InputMalformed: a field cannot be read, or the id is already used
    :raises NumberBelongsToAnother: the number is on record under another name
    """
    return _enrol(act, name=name, kind=kind, id_number=id_number, phone=phone, person=id)


@command("open_account", by={Role.ADMINISTRATOR})
def open_account(
    act: Act,
    *,
    login: str,
    password: str | None,
    name: str,
    roles: Iterable[Role | str],
    court: str | None = None,
    person: str | None = None,
    language: str = "zh",
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> queries.AccountRecord:
    """Open an account for staff, a supervisor or a partner; court roles need their court.

    Without a password it is used through keys only.

    :raises InputMalformed: a field cannot be read
    :raises AlreadySignedUp: the login is taken, or the person has an account
    """
    checks = Checks()
    held = read_roles(checks, roles)
    if held & _COURT_ROLES and court is None:
        checks.wrong("court", "请指定所属法院 / these roles need a court")
    if court is not None and act.session.get(Court, checks.identifier("court", court)) is None:
        checks.wrong("court", "没有该法院 / unknown court")
    if person is not None and act.session.get(Person, checks.identifier("person", person)) is None:
        checks.wrong("person", "没有该人 / unknown person")
    return _open(
        act, checks, login=login, password=password, name=name, roles=held, court=court, person=person,
        language=language, account=id,
    )  # fmt: skip


@command("sign_up", by=(), anyone=True)
def sign_up(
    act: Act,
    *,
    login: str,
    password: str,
    name: str,
    id_number: str,
    kind: str = rules.NATURAL_PERSON,
    phone: str | None = None,
    language: str = "zh",
) -> queries.AccountRecord:
    """Open a bidder's own account under his true name and number (网拍规定第17条).

    :raises InputMalformed: a field cannot be read, the number cannot be right, the password is too short
    :raises AlreadySignedUp: the login is taken, or the person has an account
    :raises NumberBelongsToAnother: the number is on record under another name
    """
    checks = Checks()
    if (fault := rules.password_fault(password)) is not None:
        checks.wrong("password", fault)
    checks.text("id_number", id_number, longest=30)
    person: str | None = None
    try:
        person = _enrol(act, name=name, kind=kind, id_number=id_number, phone=phone, person=None).id
    except InputMalformed as faults:
        checks.take(faults)
    return _open(
        act, checks, login=login, password=password, name=name, roles=frozenset({Role.BIDDER}), court=None,
        person=person, language=language, account=None,
    )  # fmt: skip


@command("change_password", by=frozenset(Role) - {Role.PLATFORM})
def change_password(act: Act, *, account: str, new: str, present: str | None = None) -> None:
    """Set a new password: one's own with the present one, or as administrator.

    :raises AuthForbidden: another person's account
    :raises PasswordWrong: the present password does not fit
    :raises InputMalformed: the new password is too short or too long
    """
    row = _account_of(act, account)
    own_or_administrator(act.actor, account=account, verb="change_password")
    if act.actor is not None and act.actor.id == account and not passwords.fits(present or "", row.password_hash):
        raise rules.PasswordWrong
    if (fault := rules.password_fault(new)) is not None:
        raise InputMalformed(errors={"new": fault})
    row.password_hash = passwords.hash_of(new)
    append(act, f"account:{account}", "account.password_changed", {})


@command("close_account", by={Role.ADMINISTRATOR})
def close_account(act: Act, *, account: str) -> None:
    """Close an account: it and its keys open nothing any more.

    :raises NotFound: no such account
    """
    row = _account_of(act, account)
    if row.active:
        row.active = False
        append(act, f"account:{account}", "account.closed", {})


@command("issue_key", by=frozenset(Role) - {Role.PLATFORM})
def issue_key(act: Act, *, account: str, scopes: Iterable[str], label: str) -> tuple[str, queries.KeyRecord]:
    """Issue a key for one's own account, or for any as administrator; the token is told only now.

    :raises AuthForbidden: another person's account
    :raises InputMalformed: an unknown scope, or no label
    """
    _account_of(act, account)
    own_or_administrator(act.actor, account=account, verb="issue_key")
    checks = Checks()
    wanted = checks.names("scopes", scopes)
    for scope in wanted:
        checks.one_of("scopes", scope, rules.SCOPES)
    said = checks.text("label", label, longest=100)
    checks.refuse()
    token = f"ja_{secrets.token_urlsafe(32)}"
    row = ApiKey(
        id=new_id("key"), token_hash=queries.token_hash(token), account_id=account, scopes=sorted(wanted),
        label=said, created_at=act.now, revoked_at=None,
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    append(act, f"account:{account}", "key.issued", {"key": row.id, "scopes": sorted(wanted)})
    return token, queries.key_record(row)


@command("revoke_key", by=frozenset(Role) - {Role.PLATFORM})
def revoke_key(act: Act, *, key: str) -> None:
    """Revoke a key for good; revoking it again changes nothing.

    :raises NotFound: no such key
    :raises AuthForbidden: another person's key
    """
    row = act.session.get(ApiKey, key, with_for_update=True)
    if row is None:
        raise NotFound(what="key", name=key)
    own_or_administrator(act.actor, account=row.account_id, verb="revoke_key")
    if row.revoked_at is None:
        row.revoked_at = act.now
        append(act, f"account:{row.account_id}", "key.revoked", {"key": key})


def own_or_administrator(actor: Actor | None, *, account: str, verb: str) -> None:
    """Refuse whoever is neither the account itself nor an administrator.

    :raises AuthForbidden: another person's account
    """
    if actor is None or not (actor.id == account or actor.roles & {Role.ADMINISTRATOR, Role.PLATFORM}):
        raise AuthForbidden(act=verb, roles=["本人", "平台管理员"])


def _account_of(act: Act, account: str) -> Account:
    row = act.session.get(Account, account, with_for_update=True)
    if row is None:
        raise NotFound(what="account", name=account)
    return row


def _enrol(
    act: Act, *, name: str, kind: str, id_number: str | None, phone: str | None, person: str | None
) -> queries.PersonRecord:
    checks = Checks()
    shown = checks.text("name", name, longest=100)
    sort = checks.one_of("kind", kind, rules.PERSON_KINDS)
    number = read_number(checks, id_number, kind=sort, today=day_of(act.now))
    row = {
        "id": new_id("person") if person is None else checks.identifier("id", person),
        "kind": sort,
        "name": shown,
        "id_number": number,
        "phone": checks.text_or_none("phone", phone, longest=50),
    }
    checks.refuse()
    row |= {"name_index": blind_index(shown), "id_index": blind_index(number) if number else None}
    act.session.execute(upsert(Person).values(**row).on_conflict_do_nothing())
    there = act.session.scalars(
        select(Person).where(Person.id_index == row["id_index"] if number else Person.id == row["id"])
    ).one_or_none()
    if there is None or (person is not None and there.id != person):
        raise InputMalformed(errors={"id": "编号已被使用 / the id is already used"})
    if there.name != shown or there.kind != sort:
        if number:
            raise rules.NumberBelongsToAnother
        raise InputMalformed(errors={"id": "编号已被使用 / the id is already used"})
    return queries.person_record(there)


def _open(
    act: Act, checks: Checks, *, login: str, password: str | None, name: str, roles: frozenset[Role],
    court: str | None, person: str | None, language: str, account: str | None,
) -> queries.AccountRecord:  # fmt: skip
    plain = rules.plain_login(checks.text("login", login, longest=64))
    if (fault := rules.login_fault(plain)) is not None:
        checks.wrong("login", fault)
    if password is not None and (fault := rules.password_fault(password)) is not None:
        checks.wrong("password", fault)
    shown = checks.text("name", name, longest=100)
    checks.one_of("language", language, rules.LANGUAGES)
    chosen = new_id("account") if account is None else checks.identifier("id", account)
    checks.refuse()
    opened = act.session.scalar(
        upsert(Account)
        .values(
            id=chosen, login=plain, name=shown, roles=sorted(role.value for role in roles), person_id=person,
            password_hash=None if password is None else passwords.hash_of(password), court_id=court,
            language=language, active=True, opened_at=act.now,
        )
        .on_conflict_do_nothing()
        .returning(Account.id)
    )  # fmt: skip
    if opened is None:
        raise rules.AlreadySignedUp
    append(act, f"account:{chosen}", "account.opened", {"roles": sorted(role.value for role in roles)})
    return queries.account(act.session, chosen)
