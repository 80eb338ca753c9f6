"""Drafts of papers as rows: opened once, locked with their chain, drawn up and written over until they are final."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.papers import characters, queries, rules, subjects, texts
from auction.procedure.papers.blocks import Content, content_json, content_of
from auction.procedure.papers.kinds import Kind
from auction.procedure.papers.models import Paper
from auction.procedure.papers.rules import PaperStatus


def draw_unread(act: Act, row: Paper) -> bool:
    """Draw up a paper that was opened without a text; say whether it had none."""
    if row.content is not None:
        return False
    write(row, texts.BUILDERS[row.kind].draw(act.session, subject=row.subject, now=act.now))
    act.session.flush()
    return True


def write(row: Paper, content: Content) -> None:
    """Write what a paper says into its row, with the digest that is signed."""
    plain = content_json(content)
    row.content, row.content_sha256 = json.dumps(plain, ensure_ascii=False), sha256_hex(plain)


def check_ready(act: Act, row: Paper) -> None:
    """Refuse to make final what lacks a signature or a character.

    :raises PaperNotSigned: naming who still has to sign
    :raises CharacterMissing: naming the characters that no font can show
    """
    record = queries.paper(act.session, row.id)
    left = queries.to_sign(act.session, record)
    if left:
        raise rules.PaperNotSigned(missing=left)
    lacking = characters.missing(content_of(json.loads(row.content or "null")))
    if lacking:
        raise character_missing(lacking)


def locked(act: Act, paper: str) -> Paper:
    """Return a paper with its chain and its row locked, as it stands now.

    :raises NotFound: when there is none of that id
    """
    found = act.session.get(Paper, paper)
    if found is None:
        raise NotFound(what="paper", name=paper)
    lock(act, found.chain)
    return act.session.get_one(Paper, paper, with_for_update=True, populate_existing=True)


def unfinished(act: Act, kind: Kind, about: str) -> Paper | None:
    """Return the paper of the kind that is not final yet."""
    query = select(Paper).where(Paper.kind == kind.key, Paper.subject == about, Paper.status != PaperStatus.FINAL.value)
    return act.session.scalars(query.with_for_update().limit(1)).one_or_none()


def fresh(act: Act, kind: Kind, about: str, place: subjects.Place, *, replaces: str | None, why: str | None) -> Paper:
    """Open a draft, in place of a final paper or of none.

    :raises NotReplaceable: when what it replaces is not in force
    :raises PaperExists: when there is a final one and it replaces none, unless the kind recurs
    """
    final = queries.of_subject(act.session, kind=kind.key, subject=about)
    in_force = [one for one in final if one.replaced_by is None]
    if replaces is not None and replaces not in {one.id for one in in_force}:
        raise rules.NotReplaceable
    if in_force and replaces is None and not kind.recurring:
        raise rules.PaperExists(number=in_force[0].number)
    row = blank(act, kind, about, place)
    row.replaces, row.why = replaces, why
    act.session.add(row)
    act.session.flush()
    return row


def blank(act: Act, kind: Kind, about: str, place: subjects.Place) -> Paper:
    """Return a paper that says nothing yet, not entered."""
    return Paper(
        id=new_id("paper"),
        kind=kind.key,
        chain=place.chain,
        subject=about,
        case_id=place.case,
        court_id=place.court,
        status=PaperStatus.DRAFT.value,
        drawn_at=act.now,
        drawn_by=act.by,
    )


def character_missing(lacking: Sequence[str]) -> rules.CharacterMissing:
    """Return the refusal that names the characters no font can show, each with its code point."""
    return rules.CharacterMissing(characters=[f"{char}（U+{ord(char):04X}）" for char in lacking])
