"""Papers for everybody: reading them, handing out their files, and telling a genuine file from a changed one."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.problems import status_of
from auction.edges.web import visitor
from auction.edges.web.visitor import ANYONE, BIDDERS, known_visitor, open_to, platform
from auction.foundation.kernel.refusal import InputMalformed, NotFound, Refusal
from auction.procedure.bidding import queries as bidding
from auction.procedure.identity import queries as identity
from auction.procedure.lots import queries as lots
from auction.procedure.papers import commands, queries, readers
from auction.procedure.papers.kinds import Readers
from auction.procedure.papers.queries import PaperRecord
from auction.procedure.papers.rules import PaperStatus

pages = Blueprint("papers", __name__)

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME_LONGEST = 120


@pages.get("/papers/check")
@open_to(ANYONE)
def check() -> ResponseReturnValue:
    """Show the form to check a paper by its number or its file, or go on to the paper of a number."""
    name = request.args.get("number", "").strip()
    if name:
        return redirect(f"/papers/check/{quote(name[:_NAME_LONGEST], safe='')}", code=303)
    return _checked(None, given=_digest(request.args.get("sha256", "")))


@pages.get("/papers/check/<name>")
@open_to(ANYONE)
def check_one(name: str) -> ResponseReturnValue:
    """Show what is on record of the paper of a number or id, and how a file compares with it."""
    return _checked(name, given=_digest(request.args.get("sha256", "")))


@pages.post("/papers/check")
@open_to(ANYONE)
def check_file() -> ResponseReturnValue:
    """Compare a file that was sent with every final paper; it is not kept."""
    return _checked(None, given=_sent())


@pages.post("/papers/check/<name>")
@open_to(ANYONE)
def check_file_of(name: str) -> ResponseReturnValue:
    """Compare a file that was sent with one paper; it is not kept."""
    return _checked(name, given=_sent())


def _digest(text: str) -> str | None:
    """Return a digest as it may be written: with blanks, in capitals.

    :raises InputMalformed: for anything else
    """
    plain = "".join(text.split()).lower()
    if not plain:
        return None
    if not _SHA256.fullmatch(plain):
        raise InputMalformed(errors={"sha256": "应为64位十六进制摘要 / a digest has 64 hexadecimal digits"})
    return plain


def _sent() -> str:
    """Return the digest of the file sent, or the one typed.

    :raises InputMalformed: when there is neither
    """
    upload = request.files.get("file")
    data = upload.read() if upload is not None else b""
    if data:
        return queries.sha256_of(data)
    given = _digest(request.form.get("sha256", ""))
    if given is None:
        raise InputMalformed(errors={"file": "请选择文件，或填写其摘要 / choose a file, or give its digest"})
    return given


def _checked(name: str | None, *, given: str | None) -> Response:
    with platform().read() as session:
        known = queries.find_final(session, name) if name else None
        found = queries.of_digest(session, given) if given else None
        told = known or (found[0] if found else None)
        context = _context(session, told) if told else {}
    verdict = _verdict(known, found, asked=name is not None, given=given)
    status = 404 if verdict == "no_such_paper" else 200
    page = render_template(
        "public/paper_check.html", section="papers", name=name, given=given, verdict=verdict, paper=told,
        file_language=found[1] if found else None, **context,
    )  # fmt: skip
    return make_response(page, status)


def _verdict(
    known: PaperRecord | None, found: tuple[PaperRecord, str] | None, *, asked: bool, given: str | None
) -> str | None:
    """Say how a file compares: genuine, another paper's, changed, unknown; or what is known without a file."""
    if asked and known is None:
        return "no_such_paper"
    if given is None:
        return None
    if found is None:
        return "changed" if known is not None else "unknown"
    if known is not None and found[0].id != known.id:
        return "another"
    return "replaced" if found[0].replaced_by else "genuine"


def _context(session: Session, record: PaperRecord) -> dict[str, Any]:
    """Return what anybody may know of a final paper: never whom one that is not public is made out to."""
    open_to_all = record.kind.readers is Readers.PUBLIC
    lot = lots.lot(session, record.lot) if record.lot and open_to_all else None
    later = queries.paper(session, record.replaced_by) if record.replaced_by else None
    return {
        "court": identity.court(session, record.court).name,
        "lot": lot if lot is not None and lot.announced_at else None,
        "later": later,
        "readable": readers.may_read(session, record, actor=visitor.visitor()),
    }


@pages.get("/papers/<paper>")
@open_to(ANYONE)
def show(paper: str) -> str:
    """Show a paper as a page, to whom it concerns; for anybody else there is none."""
    with platform().read() as session:
        record = _readable(session, paper)
        context = _context(session, record)
        content = queries.content(session, paper)
    return render_template("public/paper.html", section="papers", paper=record, content=content, **context)


@pages.get("/papers/<paper>/<any(zh, en):language>.pdf")
@open_to(ANYONE)
def download(paper: str, language: str) -> Response:
    """Hand out the file of a paper, byte for byte as it was made final; of a draft, the pages marked as one."""
    with platform().read() as session:
        record = _readable(session, paper)
        final = record.status is PaperStatus.FINAL
        read = queries.file if final else queries.proof
        pdf = read(session, paper=paper, language=language)
    if pdf is None:
        raise NotFound(what="paper", name=paper)
    response = make_response(pdf)
    response.content_type = "application/pdf"
    name = quote(f"{record.number or record.kind.title.zh}{'' if language == 'zh' else '-en'}.pdf")
    response.headers["Content-Disposition"] = f"inline; filename=\"{paper}-{language}.pdf\"; filename*=UTF-8''{name}"
    public = final and record.kind.readers is Readers.PUBLIC
    response.headers["Cache-Control"] = "public, max-age=86400" if public else "private, no-store"
    return response


def _readable(session: Session, paper: str) -> PaperRecord:
    """Return a paper the visitor may read.

    :raises NotFound: when there is none, or it is not his to read: then it does not exist for him
    """
    record = queries.paper(session, paper)
    if not readers.may_read(session, record, actor=visitor.visitor()):
        raise NotFound(what="paper", name=paper)
    return record


@pages.post("/lots/<lot>/deposit/receipt")
@open_to(BIDDERS)
def take_receipt(lot: str) -> ResponseReturnValue:
    """Have one's own deposit receipt made out and show it."""
    with platform().read() as session:
        own = bidding.registration_of(session, lot=lot, person=visitor.own_person())
    if own is None:
        raise NotFound(what="registration", name=lot)
    try:
        with platform().act(known_visitor()) as act:
            record = commands.take_receipt(act, registration=own.id)
    except NotFound:
        raise
    except Refusal as refusal:
        page = render_template(
            "error.html", status=int(status_of(refusal)), refusal=refusal, back=f"/lots/{lot}/deposit"
        )
        return make_response(page, int(status_of(refusal)))
    return redirect(f"/papers/{record.id}", code=303)
