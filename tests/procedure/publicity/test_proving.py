"""Signed dockets: what the platform said can be held against it, byte for byte, by who has its public key."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from auction.edges.jobs.proving import introduce, sign_due
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import merkle
from auction.foundation.docket.signing import PublicKey, Signer, new_seed
from auction.foundation.kernel.canonical import NotCanonicalError, canonical
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.publicity import log
from auction.procedure.publicity.proving import register_key
from auction.procedure.publicity.queries import export
from auction.procedure.publicity.rules import DocketWrongError, Verified, verify
from tests.procedure.selling import Sale


@pytest.fixture
def signing(platform: Platform) -> Platform:
    return replace(platform, settings=replace(platform.settings, signer=Signer(new_seed())))


@pytest.fixture
def sale(signing: Platform) -> Sale:
    introduce(signing)
    story = Sale(signing)
    story.open()
    story.announce()
    return story


def signer_of(platform: Platform) -> Signer:
    assert platform.settings.signer is not None
    return platform.settings.signer


def file_of(sale: Sale) -> bytes:
    with sale.platform.read() as session:
        return canonical(export(session, "L1", signer=sale.platform.settings.signer))


def checked(content: bytes, *, key: str | None) -> Verified:
    """Check a file as ``auction verify`` does."""
    document = json.loads(content)
    if not isinstance(document, dict) or canonical(document) != content:
        raise DocketWrongError(0, "not canonical")
    return verify(document, key=key)


def points(sale: Sale) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file_of(sale))["checkpoints"]
    return found


def test_opening_and_closing_are_signed_at_once_and_all_that_moved_once_an_hour(sale: Sale) -> None:
    sign_due(sale.platform)
    assert [one["seq"] for one in points(sale)] == [len(json.loads(file_of(sale))["entries"])]
    found = sale.admit("A")
    sale.until_open()
    assert sign_due(sale.platform) == 1
    sale.bid("A", 70_000_00)
    assert sign_due(sale.platform) == 0
    sale.after(hours=1)
    assert sign_due(sale.platform) == 1
    sale.until_closed()
    assert sign_due(sale.platform) == 1
    assert sign_due(sale.platform) == 0
    assert found.code
    told = checked(file_of(sale), key=signer_of(sale.platform).public.text)
    assert told.vouched.by_given_key
    assert told.vouched.logged >= 4


def test_a_lot_nobody_was_told_of_is_not_signed(signing: Platform) -> None:
    introduce(signing)
    story = Sale(signing)
    story.open()
    assert sign_due(signing) == 0


def test_without_a_key_nothing_is_signed_and_a_given_key_vouches_for_nothing(platform: Platform) -> None:
    story = Sale(platform)
    story.open()
    story.announce()
    assert sign_due(platform) == 0
    content = file_of(story)
    assert checked(content, key=None).vouched.signed == 0
    with pytest.raises(DocketWrongError, match="not signed"):
        checked(content, key=Signer(new_seed()).public.text)


def test_another_platform_s_key_does_not_vouch(sale: Sale) -> None:
    sign_due(sale.platform)
    with pytest.raises(DocketWrongError, match="does not vouch"):
        checked(file_of(sale), key=Signer(new_seed()).public.text)


def test_who_trusts_the_old_key_trusts_the_one_it_endorsed(sale: Sale) -> None:
    sign_due(sale.platform)
    old, fresh = signer_of(sale.platform), Signer(new_seed())
    with sale.platform.act() as act:
        register_key(act, signer=fresh, endorser=old)
    sale.platform = replace(sale.platform, settings=replace(sale.platform.settings, signer=fresh))
    sale.admit("A")
    sale.after(hours=2)
    assert sign_due(sale.platform) == 1
    content = file_of(sale)
    for key in (old, fresh):
        assert checked(content, key=key.public.text).vouched.by_given_key
    assert {one["key"] for one in points(sale)} == {old.id, fresh.id}


def test_a_key_nobody_endorsed_is_not_trusted_by_who_knows_the_old_one(sale: Sale) -> None:
    sign_due(sale.platform)
    old, usurper = signer_of(sale.platform), Signer(new_seed())
    sale.platform = replace(sale.platform, settings=replace(sale.platform.settings, signer=usurper))
    introduce(sale.platform)
    sale.admit("A")
    with pytest.raises(DocketWrongError, match="does not vouch"):
        checked(file_of(sale), key=old.public.text)


def test_the_log_proves_each_checkpoint_and_its_own_past(sale: Sale) -> None:
    sign_due(sale.platform)
    with sale.platform.read() as session:
        first = log.newest_head(session)
    sale.until_open()
    sign_due(sale.platform)
    sale.until_closed()
    sign_due(sale.platform)
    key = PublicKey(signer_of(sale.platform).public.text)
    with sale.platform.read() as session:
        second = log.newest_head(session)
        assert first is not None
        assert second is not None
        for head in (first, second):
            assert key.signed({name: head[name] for name in head if name != "signature"}, head["signature"])
        path = log.consistency(session, first=first["size"], second=second["size"])
        assert merkle.consistent(
            first=first["size"],
            second=second["size"],
            proof=path,
            first_root=first["root"],
            second_root=second["root"],
        )
        assert log.head(session, size=first["size"]) == first
        for one in log.leaves(session, after=0, limit=100):
            proof = log.inclusion(session, leaf=one["leaf"], size=second["size"])
            assert merkle.included(
                leaf=merkle.leaf_hash(canonical(one["checkpoint"])),
                index=one["leaf"],
                size=second["size"],
                proof=proof,
                root=second["root"],
            )


@pytest.mark.parametrize(("leaf", "size"), [(0, 0), (-1, 1), (1, 1), (0, 10**12)])
def test_there_is_no_proof_of_what_is_not_in_the_log(sale: Sale, leaf: int, size: int) -> None:
    sign_due(sale.platform)
    with sale.platform.read() as session, pytest.raises(NotFound):
        log.inclusion(session, leaf=leaf, size=size)


@pytest.mark.parametrize("table", ["signing_keys", "docket_checkpoints", "log_nodes", "log_heads"])
def test_the_database_refuses_to_change_what_was_signed(sale: Sale, table: str) -> None:
    sign_due(sale.platform)
    # A table is emptied with what points at it: else the key, and not the guard, would refuse.
    for verb, more in (("DELETE FROM", ""), ("TRUNCATE", " CASCADE")):
        statement = f"{verb} {table}{more}"
        with pytest.raises(SQLAlchemyError, match="only grows"), sale.platform.act() as act:
            act.session.execute(text(statement))


def test_an_export_of_another_day_is_still_vouched_for(sale: Sale) -> None:
    sign_due(sale.platform)
    content = file_of(sale)
    sale.after(days=2)
    settle(sale.platform)
    assert checked(content, key=signer_of(sale.platform).public.text).vouched.by_given_key


def unseen_changes(sale: Sale, *, first: int, step: int) -> list[tuple[int, bytes, int]]:
    """Change every ``step``-th byte of an export in two ways and return what was taken for the court's own."""
    sale.admit("A")
    sale.until_open()
    sign_due(sale.platform)
    content, key = file_of(sale), signer_of(sale.platform).public.text
    assert checked(content, key=key).vouched.by_given_key
    unseen = []
    for place in range(first, len(content), step):
        for other in {content[place] ^ 1, ord("1") if place % 2 else ord(" ")} - {content[place]}:
            changed = content[:place] + bytes([other]) + content[place + 1 :]
            try:
                checked(changed, key=key)
            except (DocketWrongError, NotCanonicalError, ValueError):
                continue
            unseen.append((place, content[max(place - 20, 0) : place + 20], other))
    return unseen


def test_a_changed_byte_is_found_wherever_one_looks(sale: Sale) -> None:
    assert unseen_changes(sale, first=secrets.randbelow(29), step=29) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_every_single_byte_changed_is_found(sale: Sale, part: int) -> None:
    assert unseen_changes(sale, first=part, step=8) == []


def test_the_checker_needs_nothing_of_the_server() -> None:
    looks = (
        "import sys, auction.procedure.publicity.rules\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & set(sys.argv[1:])))"
    )
    server = ["flask", "sqlalchemy", "psycopg", "gevent", "flask_socketio", "socketio", "alembic", "stripe", "httpx"]
    told = subprocess.run([sys.executable, "-c", looks, *server], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
