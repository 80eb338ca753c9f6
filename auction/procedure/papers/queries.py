"""Read models of papers: those of a lot or case, one with who signed it, the bytes that are handed out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from auction.foundation.kernel.refusal import NotFound
from auction.procedure.lots import queries as lots
from auction.procedure.papers import rules
from auction.procedure.papers.blocks import Content, content_of
from auction.procedure.papers.kinds import KINDS, Kind, Signing, Subject
from auction.procedure.papers.models import Paper, PaperConsent, PaperFile, PaperProof
from auction.procedure.papers.rules import PaperStatus

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """A paper without its text; ``digests`` are those of its final files by language."""

    id: str
    kind: Kind
    chain: str
    subject: str
    case: str
    court: str
    status: PaperStatus
    number: str | None
    content_sha256: str | None
    drawn_at: datetime
    asked_at: datetime | None
    final_at: datetime | None
    replaces: str | None
    replaced_by: str | None
    why: str | None
    trouble: Mapping[str, Any] | None
    digests: Mapping[str, str]

    @property
    def lot(self) -> str | None:
        """The lot it stands in the docket of, or None for a paper of the case."""
        return self.chain.removeprefix("lot:") if self.chain.startswith("lot:") else None

    @property
    def being_set(self) -> bool:
        """Whether it was asked to be made final and is not yet."""
        return self.asked_at is not None and self.status is not PaperStatus.FINAL


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody of the panel signed."""

    name: str
    account: str
    at: datetime


def paper(session: Session, id: str) -> PaperRecord:  # noqa: A002 - as everywhere
    """Return a paper.

    :raises NotFound: no such paper
    """
    row = session.get(Paper, id)
    if row is None:
        raise NotFound(what="paper", name=id)
    return _records(session, [row])[0]


def content(session: Session, id: str) -> Content | None:  # noqa: A002 - as everywhere
    """Return what a paper says, or None while it has not been drawn up."""
    row = session.get(Paper, id)
    return content_of(json.loads(row.content)) if row is not None and row.content is not None else None


def of_chain(session: Session, chain: str) -> list[PaperRecord]:
    """Return the papers in the docket of a lot or case, the newest first."""
    query = select(Paper).where(Paper.chain == chain).order_by(Paper.drawn_at.desc(), Paper.id)
    return _records(session, session.scalars(query).all())


def of_subject(session: Session, *, kind: str, subject: str) -> list[PaperRecord]:
    """Return the papers of a kind about one thing, the newest first."""
    query = select(Paper).where(Paper.kind == kind, Paper.subject == subject)
    return _records(session, session.scalars(query.order_by(Paper.drawn_at.desc(), Paper.id)).all())


def without(session: Session, *, kind: str, subjects: Collection[str]) -> list[str]:
    """Return those of several things about which there is no paper of a kind, in order."""
    known = session.scalars(select(Paper.subject).where(Paper.kind == kind, Paper.subject.in_(subjects)))
    return sorted(set(subjects) - set(known))


def public_of_lot(session: Session, lot: str) -> list[PaperRecord]:
    """Return the final papers of a lot that everybody may read and nothing has replaced, in order."""
    kinds = [key for key, kind in KINDS.items() if kind.readers == "public"]
    later = aliased(Paper)
    replaced = select(later.id).where(later.replaces == Paper.id, later.status == PaperStatus.FINAL.value).exists()
    query = select(Paper).where(
        Paper.chain == f"lot:{lot}", Paper.status == PaperStatus.FINAL.value, Paper.kind.in_(kinds), ~replaced
    )
    return _records(session, session.scalars(query.order_by(Paper.final_at, Paper.id)).all())


def find_final(session: Session, name: str) -> PaperRecord | None:
    """Return the final paper of a number or an id, or None; brackets of either width are the same."""
    wanted = name.strip().replace("(", "（").replace(")", "）").replace(" ", "")
    query = select(Paper).where(
        Paper.status == PaperStatus.FINAL.value, or_(Paper.number == wanted, Paper.id == name.strip())
    )
    row = session.scalars(query.limit(1)).one_or_none()
    return _records(session, [row])[0] if row else None


def of_digest(session: Session, sha256: str) -> tuple[PaperRecord, str] | None:
    """Return the final paper that a file is, and in which language, by the digest of its bytes; None for any other."""
    found = session.execute(
        select(Paper, PaperFile.language)
        .join(PaperFile, PaperFile.paper_id == Paper.id)
        .where(PaperFile.sha256 == sha256)
        .limit(1)
    ).one_or_none()
    return (_records(session, [found[0]])[0], str(found[1])) if found else None


def file(session: Session, *, paper: str, language: str) -> bytes | None:
    """Return a final paper's bytes in a language, or None when there are none."""
    row = session.get(PaperFile, (paper, language))
    return row.pdf if row else None


def proof(session: Session, *, paper: str, language: str) -> bytes | None:
    """Return a draft set as pages, or None until that has been done for what it says now."""
    found = session.execute(
        select(PaperProof.pdf)
        .join(Paper, and_(Paper.id == PaperProof.paper_id, Paper.content_sha256 == PaperProof.content_sha256))
        .where(PaperProof.paper_id == paper, PaperProof.language == language)
    ).scalar_one_or_none()
    return bytes(found) if found is not None else None


def consents(session: Session, record: PaperRecord) -> list[Consent]:
    """Return who has signed what the paper says now, in the order signed; of a final one, what it was made from."""
    query = select(PaperConsent).where(PaperConsent.paper_id == record.id)
    rows = session.scalars(query.order_by(PaperConsent.at, PaperConsent.account_id)).all()
    # The number comes into a paper with its final state, so the digest of what was signed is that of the last draft.
    final = record.status is PaperStatus.FINAL
    signed = rows[-1].content_sha256 if final and rows else record.content_sha256
    return [Consent(name=row.name, account=row.account_id, at=row.at) for row in rows if row.content_sha256 == signed]


def panel_of(session: Session, record: PaperRecord) -> tuple[str, ...]:
    """Return the names of those who must sign a paper: the panel that decided on its lot; nobody for other kinds."""
    if record.kind.signing is not Signing.PANEL or record.lot is None:
        return ()
    return lots.lot(session, record.lot).panel


def to_sign(session: Session, record: PaperRecord) -> list[str]:
    """Return who still has to sign."""
    if record.kind.signing is not Signing.PANEL or record.status is PaperStatus.FINAL:
        return []
    signed = {one.name for one in consents(session, record)}
    return rules.still_to_sign(panel=panel_of(session, record), signed=signed)


def next_to_set(session: Session, *, passing: Sequence[str] = ()) -> tuple[PaperRecord, bool] | None:
    """Return the next paper to be set as pages, and whether it is to become final; final ones come first."""
    asked = select(Paper).where(
        Paper.asked_at.is_not(None), Paper.status != PaperStatus.FINAL.value, Paper.id.not_in(passing)
    )
    row = session.scalars(asked.order_by(Paper.asked_at, Paper.id).limit(1)).one_or_none()
    if row is not None:
        return _records(session, [row])[0], True
    set_already = select(PaperProof.paper_id).where(
        PaperProof.paper_id == Paper.id, PaperProof.content_sha256 == Paper.content_sha256
    )
    drafts = select(Paper).where(
        Paper.asked_at.is_(None),
        Paper.status != PaperStatus.FINAL.value,
        Paper.trouble.is_(None),
        Paper.id.not_in(passing),
        ~set_already.exists(),
    )
    row = session.scalars(drafts.order_by(Paper.drawn_at, Paper.id).limit(1)).one_or_none()
    return (_records(session, [row])[0], False) if row is not None else None


def sha256_of(data: bytes) -> str:
    """Return the digest by which a file is told from any other."""
    return hashlib.sha256(data).hexdigest()


def chain_of(kind: Kind, *, lot: str | None, case: str) -> str:
    """Return the docket a paper of a kind stands in."""
    return f"case:{case}" if kind.subject is Subject.CASE else f"lot:{lot}"


def _records(session: Session, rows: Sequence[Paper]) -> list[PaperRecord]:
    ids = [row.id for row in rows]
    digests: dict[str, dict[str, str]] = {}
    for found, language, digest in session.execute(
        select(PaperFile.paper_id, PaperFile.language, PaperFile.sha256).where(PaperFile.paper_id.in_(ids))
    ):
        digests.setdefault(found, {})[language] = digest
    replaced = session.execute(
        select(Paper.replaces, Paper.id).where(Paper.replaces.in_(ids), Paper.status == PaperStatus.FINAL.value)
    ).all()
    by = {str(old): str(new) for old, new in replaced}
    return [_record(row, digests.get(row.id, {}), replaced_by=by.get(row.id)) for row in rows]


def _record(row: Paper, digests: Mapping[str, str], *, replaced_by: str | None) -> PaperRecord:
    return PaperRecord(
        id=row.id,
        kind=KINDS[row.kind],
        chain=row.chain,
        subject=row.subject,
        case=row.case_id,
        court=row.court_id,
        status=PaperStatus(row.status),
        number=row.number,
        content_sha256=row.content_sha256,
        drawn_at=row.drawn_at,
        asked_at=row.asked_at,
        final_at=row.final_at,
        replaces=row.replaces,
        replaced_by=replaced_by,
        why=row.why,
        trouble=row.trouble,
        digests=digests,
    )
