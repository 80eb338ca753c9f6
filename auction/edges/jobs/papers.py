"""Papers are set as pages here, in the process that takes no bids: final ones first, then drafts to be read."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from fpdf.errors import FPDFException
from sqlalchemy import text

from auction.edges.jobs.sweep import quiet
from auction.edges.platform import Platform
from auction.edges.setting.pdf import Issue, set_paper
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.papers import characters, drafts, numbering, queries, setting
from auction.procedure.papers.blocks import Content, content_json
from auction.procedure.papers.queries import LANGUAGES, PaperRecord

_LOG = logging.getLogger(__name__)
#: Who holds this advisory lock sets papers; one at a time, so that numbers are taken in order.
_SETTER_LOCK = 0x7061_7065
#: A tick that sets no more than this lets the process be stopped.
_AT_ONCE = 40
#: So few are set before it is looked again whether something more pressing waits.
_BETWEEN_LOOKS = 4
_RUN_SECONDS = 5.0


class PaperCannotBeSet(Refusal):
    """The pages could not be made; the paper waits as a draft."""

    code = "papers.cannot_be_set"
    article = "—"
    title_zh, title_en = "未能生成页面", "The pages could not be made"
    zh = "未能生成页面（{reason}），文书仍为草稿；请检查内容后重试。"
    en = "The pages could not be made ({reason}); the paper is a draft still. Check what it says and try again."


def set_while_quiet(platform: Platform, *, faulty: set[str]) -> None:
    """Set papers as long as little else waits; a run ends after a few seconds, and the next goes on."""
    ends = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < ends and quiet(platform):
        if not set_waiting(platform, at_most=_BETWEEN_LOOKS, faulty=faulty):
            return


def set_waiting(platform: Platform, *, at_most: int = _AT_ONCE, faulty: set[str] | None = None) -> int:
    """Set the papers that wait, and return how many; another process that is at it is left alone.

    :param faulty: papers at which this program failed before; they are left for the next start, so that one of them
        never holds up the others
    """
    failed = faulty if faulty is not None else set()
    with platform.read() as session:
        if queries.next_to_set(session, passing=sorted(failed)) is None:
            return 0
    with platform.database.engine.connect() as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _SETTER_LOCK}).scalar_one():
            return 0
        connection.commit()
        try:
            return _set_all(platform, at_most=at_most, failed=failed)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _SETTER_LOCK})
            connection.commit()


def _set_all(platform: Platform, *, at_most: int, failed: set[str]) -> int:
    passing = sorted(failed)
    done = 0
    while done < at_most:
        with platform.read() as session:
            found = queries.next_to_set(session, passing=passing)
        if found is None:
            return done
        record, final = found
        passing.append(record.id)
        failed.add(record.id)
        try:
            _set_one(platform, record, final=final)
        except Refusal as refusal:
            _note(platform, record, refusal)
        except FPDFException as fault:
            _LOG.exception("paper %s cannot be set", record.id)
            _note(platform, record, PaperCannotBeSet(reason=type(fault).__name__))
        except setting.NumberTakenError:
            _LOG.info("paper %s is set again: its number was taken meanwhile", record.id)
        failed.discard(record.id)
        done += 1
    return done


def _set_one(platform: Platform, record: PaperRecord, *, final: bool) -> None:
    with platform.act() as act:
        drawn = setting.draw_opened(act, paper=record.id)
    with platform.read() as session:
        content = queries.content(session, record.id)
        if content is None:
            return
        number = numbering.next_number(session, case=record.case, content=content) if final else None
    lacking = characters.missing(content)
    if lacking and not final:
        # A draft may be read on the page; only the final paper must be able to show every name.
        _note(platform, record, drafts.character_missing(lacking))
        return
    files = pages(content, number=number, paper=record.id, public_url=platform.settings.public_url)
    with platform.act() as act:
        if final and number is not None:
            setting.keep_final(
                act, paper=record.id, number=number, drawn_sha256=drawn.content_sha256 or "", files=files
            )
        else:
            setting.keep_proof(act, paper=record.id, drawn_sha256=drawn.content_sha256 or "", files=files)


def pages(
    content: Content, *, number: str | None, paper: str, public_url: str | None
) -> Mapping[str, tuple[bytes, int]]:
    """Return a paper set in every language: bytes and number of pages; without a number it is marked as a draft."""
    numbered = replace(content, number=number) if number is not None else content
    issue = Issue(
        number=number or content.number,
        digest=sha256_hex(content_json(numbered)),
        check=f"{public_url or ''}/papers/check/{paper}",
        draft=number is None,
    )
    return {language: set_paper(numbered, issue, language=language) for language in LANGUAGES}


def _note(platform: Platform, record: PaperRecord, refusal: Refusal) -> None:
    with platform.act() as act:
        setting.note_trouble(act, paper=record.id, refusal=refusal)
