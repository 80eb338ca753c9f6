"""The papers of a lot or case at the desk: drawn up from the record, signed by the panel, made final."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.court import lots as lot_pages
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.procedure.papers import commands, foreseen, queries, readers
from auction.procedure.papers.kinds import Subject
from auction.procedure.papers.queries import PaperRecord

pages = Blueprint("documents", __name__, url_prefix="/court")


@pages.get("/lots/<lot>/documents")
@open_to(desk.COURT)
def of_lot(lot: str) -> str:
    """Show the papers of a lot: those there are, those that can be drawn up, and what the others wait for."""
    return _of_lot(lot)


def _of_lot(lot: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        context = lot_pages.common(session, found) | {
            "kinds": foreseen.possible(session, subject=lot, of=Subject.LOT, chain=f"lot:{lot}", now=visitor.now()),
            "receipts": _receipts(session, lot) if found.closed_at else [],
        }
    return desk.page(
        "court/lot_documents.html", rail="lots", tab="documents", refusal=refusal, here=f"/court/lots/{lot}", **context
    )


def _receipts(session: Session, lot: str) -> list[PaperRecord]:
    """Return the receipts made out to bidders; before the close they are nobody's but theirs."""
    papers = queries.of_chain(session, f"lot:{lot}")
    return [one for one in papers if one.kind.subject is Subject.REGISTRATION and one.final_at is not None]


@pages.get("/cases/<case>/documents")
@open_to(desk.COURT)
def of_case(case: str) -> str:
    """Show the papers of a case itself."""
    return _of_case(case)


def _of_case(case: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        desk.case_of(session, case)
        kinds = foreseen.possible(session, subject=case, of=Subject.CASE, chain=f"case:{case}", now=visitor.now())
    return files.tab(case, "documents", refusal=refusal, kinds=kinds, here=f"/court/cases/{case}")


@pages.post("/lots/<lot>/documents")
@open_to(desk.COURT)
def draw_for_lot(lot: str) -> ResponseReturnValue:
    """Draw up a paper of a lot, again or in place of a wrong one."""
    with platform().read() as session:
        desk.lot_of(session, lot)
    return _draw(lot, otherwise=lambda refusal: _of_lot(lot, refusal=refusal))


@pages.post("/cases/<case>/documents")
@open_to(desk.COURT)
def draw_for_case(case: str) -> ResponseReturnValue:
    """Draw up a paper of a case, again or in place of a wrong one."""
    with platform().read() as session:
        desk.case_of(session, case)
    return _draw(case, otherwise=lambda refusal: _of_case(case, refusal=refusal))


def _draw(subject: str, *, otherwise: Any) -> ResponseReturnValue:  # noqa: ANN401 - as `desk.perform` takes it
    form = fields.form()

    def do(act: Act) -> PaperRecord:
        replaces = form.raw("replaces") or None
        why = form.raw("why") if replaces else None
        return commands.draw_up(act, kind=form.raw("kind"), subject=subject, replaces=replaces, why=why)

    return desk.perform(
        do, to=lambda made: f"/court/documents/{made.id}", said=t("文书已制作", "The paper is drawn up"),
        otherwise=otherwise,
    )  # fmt: skip


@pages.get("/documents/<paper>")
@open_to(desk.COURT)
def show(paper: str) -> str:
    """Show a paper with who has signed it and the next step."""
    return _shown(paper)


def _shown(paper: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        record = _own(session, paper)
        context = {
            "paper": record,
            "content": queries.content(session, paper),
            "consents": queries.consents(session, record),
            "panel": queries.panel_of(session, record),
            "to_sign": queries.to_sign(session, record),
            "set": queries.proof(session, paper=paper, language="zh") is not None,
            "back": f"/court/lots/{record.lot}/documents" if record.lot else f"/court/cases/{record.case}/documents",
        }
    return desk.page("court/document.html", rail="lots" if record.lot else "cases", refusal=refusal, **context)


def _own(session: Session, paper: str) -> PaperRecord:
    """Return a paper of one's own court that the court may read.

    :raises NotFound: when there is none, or it is still a bidder's own
    """
    record = queries.paper(session, paper)
    desk.check_court(record.court)
    if not readers.may_read(session, record, actor=visitor.visitor()):
        raise NotFound(what="paper", name=paper)
    return record


@pages.post("/documents/<paper>/<any(sign, final):verb>")
@open_to(desk.COURT)
def act_on(paper: str, verb: str) -> ResponseReturnValue:
    """Sign a paper as a member of the panel, or have it made final."""
    with platform().read() as session:
        _own(session, paper)
    seen = fields.form().raw("content_sha256")

    def do(act: Act) -> PaperRecord:
        if verb == "sign":
            return commands.sign(act, paper=paper, content_sha256=seen)
        return commands.ask_final(act, paper=paper)

    said = t("已签署", "Signed") if verb == "sign" else t("正在生成终稿", "It is being made final")
    return desk.perform(
        do,
        to=lambda _: f"/court/documents/{paper}",
        said=said,
        otherwise=lambda refusal: _shown(paper, refusal=refusal),
    )
