"""What the platform does when it sets a paper: draw it up, keep the proof or the final one, note what went wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.papers import drafts, numbering, queries
from auction.procedure.papers.blocks import content_of
from auction.procedure.papers.models import PaperFile, PaperProof
from auction.procedure.papers.queries import PaperRecord
from auction.procedure.papers.rules import PaperStatus


@command("draw_opened_paper", by=())
def draw_opened(act: Act, *, paper: str) -> PaperRecord:
    """Draw up a paper that was opened or asked for by the passing of things, before it is set.

    :raises PaperNotYet: CharacterMissing: which the setter notes on the paper
    """
    row = drafts.locked(act, paper)
    if drafts.draw_unread(act, row) and row.asked_at is not None:
        drafts.check_ready(act, row)
    return queries.paper(act.session, row.id)


@command("keep_final_paper", by=())
def keep_final(act: Act, *, paper: str, number: str, drawn_sha256: str, files: Mapping[str, tuple[bytes, int]]) -> bool:
    """Keep a paper that was set as the final one, with the digest of its bytes in the docket.

    :param drawn_sha256: of the content that was set
    :param files: bytes and number of pages by language
    :returns: False when the number was taken or the paper drawn again meanwhile, and it has to be set again
    """
    row = drafts.locked(act, paper)
    if row.status == PaperStatus.FINAL.value:
        return True
    if row.content is None or row.asked_at is None or row.content_sha256 != drawn_sha256:
        return False
    content = content_of(json.loads(row.content))
    if numbering.next_number(act.session, case=row.case_id, content=content) != number:
        return False
    if numbering.take_number(act, case=row.case_id, content=content) != number:
        # Somebody took it between the two: nothing of this transaction may stay.
        raise NumberTakenError
    act.session.add_all(
        PaperFile(paper_id=row.id, language=language, pdf=pdf, sha256=queries.sha256_of(pdf), pages=pages)
        for language, (pdf, pages) in files.items()
    )
    act.session.flush()
    drafts.write(row, replace(content, number=number))
    row.number, row.status, row.final_at = number, PaperStatus.FINAL.value, act.now
    act.session.flush()
    digests = {f"digest_{language}": queries.sha256_of(pdf) for language, (pdf, _) in files.items()}
    replaced = {"replaces": row.replaces} if row.replaces else {}
    said = {"paper": row.id, "kind": row.kind, "number": number, "content_digest": row.content_sha256 or ""}
    append(act, row.chain, "paper.final", said | digests | replaced)
    return True


class NumberTakenError(RuntimeError):
    """The number a paper was set with went to another one in the same instant; it is set again."""


@command("keep_proof", by=())
def keep_proof(act: Act, *, paper: str, drawn_sha256: str, files: Mapping[str, tuple[bytes, int]]) -> None:
    """Keep a draft as it was set, in place of the one before."""
    row = drafts.locked(act, paper)
    if row.status == PaperStatus.FINAL.value:
        return
    for language, (pdf, _) in files.items():
        values = {"paper_id": row.id, "language": language, "pdf": pdf, "content_sha256": drawn_sha256}
        act.session.execute(
            upsert(PaperProof)
            .values(values)
            .on_conflict_do_update(
                index_elements=["paper_id", "language"], set_={"pdf": pdf, "content_sha256": drawn_sha256}
            )
        )


@command("note_paper_trouble", by=())
def note_trouble(act: Act, *, paper: str, refusal: Refusal) -> None:
    """Note by name why a paper could not be set; it is a draft again until somebody mends it."""
    row = drafts.locked(act, paper)
    if row.status == PaperStatus.FINAL.value:
        return
    row.asked_at = None
    row.trouble = {"code": refusal.code, "zh": refusal.message("zh"), "en": refusal.message("en")}
    act.session.flush()
