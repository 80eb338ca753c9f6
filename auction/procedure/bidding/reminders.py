"""The special reminders of article 14: what a lot reminds of, and who accepted which words when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, Refusal
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.bidding.models import ReminderAcceptance
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import Article, Words, rulebook
from auction.rulebook.carried import carries_out


class ReminderNotAccepted(Refusal):
    """Every reminder is accepted by itself before anybody registers."""

    code = "registration.reminders_open"
    article = "法释〔2016〕18号 第14条"
    title_zh, title_en = "特别提示尚未全部确认", "Reminders not all accepted"
    zh = "请逐条阅读并确认以下特别提示：{missing_zh}。"
    en = "Read and accept each of these reminders first: {missing_en}."


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder as the lot's announcement words it; ``sha256`` proves which words were shown."""

    key: str
    article: Article
    title: Words
    standing: Words
    announced: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That a reminder was accepted."""

    key: str
    sha256: str
    rulebook: str
    accepted_at: datetime


def reminders_of(lot: LotRecord) -> tuple[Reminder, ...]:
    """Return the reminders of an announced lot in the order of article 14."""
    if lot.announced_at is None:
        return ()
    rules = rulebook().on(day_of(lot.announced_at))
    return tuple(
        Reminder(
            key=one.key,
            article=one.article,
            title=one.title,
            standing=one.text,
            announced=lot.disclosure.get(one.key, one.text.zh),
            sha256=sha256_hex(
                {"key": one.key, "standing": one.digest, "announced": lot.disclosure.get(one.key, one.text.zh)}
            ),
        )
        for one in rules.reminders
    )


def accepted(session: Session, *, lot: str, person: str) -> dict[str, Acceptance]:
    """Return what a person has accepted on a lot, by the key of the reminder."""
    rows = session.scalars(
        select(ReminderAcceptance).where(
            ReminderAcceptance.lot_id == lot,
            ReminderAcceptance.person_id == person,
            ReminderAcceptance.key.in_([one.key for one in rulebook().reminders]),
        )
    )
    return {
        row.key: Acceptance(key=row.key, sha256=row.sha256, rulebook=row.rulebook, accepted_at=row.accepted_at)
        for row in rows
    }


def all_accepted(session: Session, lot: LotRecord, *, person: str) -> bool:
    """Say whether a person has accepted every reminder of a lot in its announced words."""
    given = accepted(session, lot=lot.id, person=person)
    return all(one.key in given and given[one.key].sha256 == one.sha256 for one in reminders_of(lot))


def version_of(lot: LotRecord) -> str:
    """Return the SHA-256 that stands for every reminder of a lot in its announced words."""
    return sha256_hex({one.key: one.sha256 for one in reminders_of(lot)})


def accept_version(act: Act, *, lot: str, person: str, version: str) -> None:
    """Keep that a person accepted every reminder of a lot in the words of a version (article 14).

    :raises InputMalformed: for any other version than the lot's
    """
    found = lots.public_lot(act.session, lot)
    if version != version_of(found):
        raise InputMalformed(
            errors={"accepted_version": "与本拍品的特别提示不符 / is not the version of this lot's reminders"}
        )
    accept_reminders(act, lot=lot, person=person, words={one.key: one.sha256 for one in reminders_of(found)})


@carries_out("auction.reminders", "auction.no_defect_warranty")
@command("accept_reminders", by={Role.BIDDER})
def accept_reminders(act: Act, *, lot: str, person: str, words: Mapping[str, str]) -> None:
    """Keep that a person accepted every reminder of a lot; again changes nothing (article 14).

    ``words`` names each reminder with the SHA-256 of the words that were shown.

    :raises ReminderNotAccepted: when one is left out
    :raises InputMalformed: when other words were shown than the lot announced
    """
    if act.actor is None or not (act.actor.has(Role.PLATFORM) or act.actor.person == person):
        raise AuthForbidden(act="accept_reminders", roles=[ROLE_NAMES[Role.BIDDER][0]])
    found = lots.public_lot(act.session, lot)
    wanted = reminders_of(found)
    missing = [one for one in wanted if one.key not in words]
    if missing:
        raise ReminderNotAccepted(
            missing=[one.key for one in missing],
            missing_zh=[one.title.zh for one in missing],
            missing_en=[one.title.en for one in missing],
        )
    changed = {one.key: "内容已更新，请重新阅读 / the words changed; read them again" for one in wanted
               if words[one.key] != one.sha256}  # fmt: skip
    if changed:
        raise InputMalformed(errors=changed)
    version = str((found.rulebook or {})["version"])
    rows = [
        {
            "lot_id": lot,
            "person_id": person,
            "key": one.key,
            "sha256": one.sha256,
            "rulebook": version,
            "accepted_at": act.now,
        }
        for one in wanted
    ]
    act.session.execute(upsert(ReminderAcceptance).values(rows).on_conflict_do_nothing())
