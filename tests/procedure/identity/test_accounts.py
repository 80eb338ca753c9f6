from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text

from auction.foundation.database.engine import Database
from auction.foundation.docket.queries import of_kinds
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired, InputMalformed, NotFound
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.identity import commands, queries, rules

NUMBER = "11010519491231002X"
PASSWORD = "correct horse battery"


def sign_up(database: Database, now: datetime, login: str = "Zhang", number: str = NUMBER) -> queries.AccountRecord:
    with database.act(actor=None, now=now) as act:
        return commands.sign_up(act, login=login, password=PASSWORD, name="张三", id_number=number)


def test_who_signed_up_can_sign_in_and_is_a_bidder(database: Database, now: datetime) -> None:
    account = sign_up(database, now)
    with database.read() as session:
        actor = queries.authenticate(session, login=" ZHANG ", password=PASSWORD)
        assert actor is not None
        assert (actor.id, actor.roles, actor.person) == (account.id, frozenset({Role.BIDDER}), account.person)
        assert queries.actor(session, account=account.id) == actor
        assert queries.authenticate(session, login="zhang", password=PASSWORD + "x") is None
        assert queries.authenticate(session, login="nobody", password=PASSWORD) is None
        assert queries.authenticate(session, login="zhang", password="x" * 100_000) is None


def test_name_and_number_are_unreadable_at_rest(database: Database, now: datetime) -> None:
    sign_up(database, now)
    with database.read() as session:
        stored = session.execute(text("SELECT persons::text || accounts::text FROM persons, accounts")).scalar_one()
    assert "张三" not in stored
    assert NUMBER not in stored
    assert PASSWORD not in stored


def test_one_person_has_one_account(database: Database, now: datetime) -> None:
    sign_up(database, now)
    with pytest.raises(rules.AlreadySignedUp):
        sign_up(database, now, login="another")
    with pytest.raises(rules.AlreadySignedUp):
        sign_up(database, now, login="ZHANG", number="110105199003071239")
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM persons")).scalar_one() == 1


def test_a_number_under_another_name_is_refused(database: Database, officer: Actor, now: datetime) -> None:
    with database.act(actor=officer, now=now) as act:
        person = commands.enrol_person(act, name="张三", id_number=NUMBER.lower())
        again = commands.enrol_person(act, name="张三", id_number=NUMBER)
    assert person == again
    with pytest.raises(rules.NumberBelongsToAnother), database.act(actor=officer, now=now) as act:
        commands.enrol_person(act, name="李四", id_number=NUMBER)


def test_a_person_on_record_is_the_same_person_when_signing_up(
    database: Database, officer: Actor, now: datetime
) -> None:
    with database.act(actor=officer, now=now) as act:
        person = commands.enrol_person(act, name="张三", id_number=NUMBER, id="D")
    assert sign_up(database, now).person == person.id == "D"
    with database.read() as session:
        assert queries.persons_named(session, name="张三") == [person]
        assert queries.person_by_number(session, id_number=NUMBER) == person
        found = queries.account_of_person(session, "D")
        assert found is not None
        assert found.login == "zhang"


@pytest.mark.race
def test_two_at_the_same_instant_open_one_account(database: Database, now: datetime) -> None:
    def attempt(login: str) -> bool:
        try:
            sign_up(database, now, login=login)
        except rules.AlreadySignedUp:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, ["one", "two", "three", "four"])) == [False, False, False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": ""},
        {"login": "a b"},
        {"login": "x" * 65},
        {"login": "nul\x00"},
        {"password": "short"},
        {"name": "\x00"},
        {"name": "x" * 101},
        {"id_number": "123"},
        {"kind": "ghost"},
        {"language": "fr"},
        {"phone": "\ud800"},
    ],
)
def test_what_cannot_be_read_is_refused_by_field(database: Database, now: datetime, wrong: dict[str, str]) -> None:
    given = {"login": "zhang", "password": PASSWORD, "name": "张三", "id_number": NUMBER} | wrong
    with pytest.raises(InputMalformed) as refused, database.act(actor=None, now=now) as act:
        commands.sign_up(act, **given)
    assert set(wrong) & set(refused.value.plain_facts()["errors"])  # type: ignore[call-overload]
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM accounts")).scalar_one() == 0


def test_staff_need_a_court_and_are_found_by_role(database: Database, administrator: Actor, now: datetime) -> None:
    with pytest.raises(InputMalformed), database.act(actor=administrator, now=now) as act:
        commands.open_account(act, login="officer", password=PASSWORD, name="王法官", roles=[Role.OFFICER])
    with database.act(actor=administrator, now=now) as act:
        court = commands.add_court(act, name="北京市朝阳区人民法院", code="京0105", city="北京市")
        same = commands.add_court(act, name="北京市朝阳区人民法院")
        account = commands.open_account(
            act, login="officer", password=PASSWORD, name="王法官", roles=["officer", "panel"], court=court.id
        )
    assert same == court
    with database.read() as session:
        assert queries.staff(session, court.id, Role.PANEL) == [account]
        assert queries.staff(session, court.id, Role.HEAD) == []
        assert queries.find_court(session, "北京市朝阳区人民法院") == court
        assert of_kinds(session, f"account:{account.id}", ["account.opened"])


@pytest.mark.parametrize("roles", [[], ["platform"], ["king"], "officer"])
def test_no_account_is_the_platform_itself(
    database: Database, administrator: Actor, now: datetime, roles: list[str]
) -> None:
    with pytest.raises(InputMalformed), database.act(actor=administrator, now=now) as act:
        commands.open_account(act, login="king", password=PASSWORD, name="王", roles=roles)


def test_only_an_administrator_opens_accounts(database: Database, officer: Actor, now: datetime) -> None:
    with pytest.raises(AuthForbidden), database.act(actor=officer, now=now) as act:
        commands.open_account(act, login="friend", password=PASSWORD, name="友", roles=["bidder"])
    with pytest.raises(AuthRequired), database.act(actor=None, now=now) as act:
        commands.open_account(act, login="friend", password=PASSWORD, name="友", roles=["bidder"])


def owner_of(account: queries.AccountRecord) -> Actor:
    return Actor(id=account.id, name=account.name, roles=account.roles, person=account.person)


def test_a_key_acts_for_its_account_until_revoked(database: Database, now: datetime) -> None:
    owner = owner_of(sign_up(database, now))
    with database.act(actor=owner, now=now) as act:
        token, key = commands.issue_key(act, account=owner.id, scopes=["bid"], label="手机")
    with database.read() as session:
        found = queries.actor_of_token(session, token=token)
        assert found is not None
        assert (found[0].id, found[1]) == (owner.id, frozenset({"bid"}))
        assert queries.actor_of_token(session, token=token + "x") is None
        assert queries.actor_of_token(session, token="\ud800") is None
        assert token not in session.execute(text("SELECT api_keys::text FROM api_keys")).scalar_one()
    with database.act(actor=owner, now=now) as act:
        commands.revoke_key(act, key=key.id)
        commands.revoke_key(act, key=key.id)
    with database.read() as session:
        assert queries.actor_of_token(session, token=token) is None
        assert [one.revoked_at for one in queries.keys(session, owner.id)] == [now]
        assert len(of_kinds(session, f"account:{owner.id}", ["key.revoked"])) == 1


def test_nobody_issues_a_key_for_another_or_with_an_unknown_scope(
    database: Database, bidder: Actor, administrator: Actor, now: datetime
) -> None:
    account = sign_up(database, now)
    with pytest.raises(AuthForbidden), database.act(actor=bidder, now=now) as act:
        commands.issue_key(act, account=account.id, scopes=["bid"], label="x")
    with pytest.raises(InputMalformed), database.act(actor=administrator, now=now) as act:
        commands.issue_key(act, account=account.id, scopes=["everything"], label="x")
    with pytest.raises(NotFound), database.act(actor=administrator, now=now) as act:
        commands.issue_key(act, account="nobody", scopes=["bid"], label="x")


def test_a_closed_account_opens_nothing(database: Database, administrator: Actor, now: datetime) -> None:
    account = sign_up(database, now)
    with database.act(actor=administrator, now=now) as act:
        token, _ = commands.issue_key(act, account=account.id, scopes=["bid"], label="x")
        commands.close_account(act, account=account.id)
    with database.read() as session:
        assert queries.authenticate(session, login="zhang", password=PASSWORD) is None
        assert queries.actor(session, account=account.id) is None
        assert queries.actor_of_token(session, token=token) is None


def test_a_password_is_changed_with_the_present_one(database: Database, bidder: Actor, now: datetime) -> None:
    owner = owner_of(sign_up(database, now))
    with pytest.raises(rules.PasswordWrong), database.act(actor=owner, now=now) as act:
        commands.change_password(act, account=owner.id, new="another long one")
    with pytest.raises(AuthForbidden), database.act(actor=bidder, now=now) as act:
        commands.change_password(act, account=owner.id, new="another long one", present=PASSWORD)
    with database.act(actor=owner, now=now) as act:
        commands.change_password(act, account=owner.id, new="another long one", present=PASSWORD)
    with database.read() as session:
        assert queries.authenticate(session, login="zhang", password="another long one") is not None
