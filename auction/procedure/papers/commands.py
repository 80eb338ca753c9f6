"""The clerk's verbs on papers: draw up, sign, ask for the final one; and what the platform does when it is set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.docket.many import lock_many
from auction.foundation.docket.reactions import reacts_to
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.inputs import Checks
from auction.procedure.papers import characters, numbering, queries, rules, subjects, texts
from auction.procedure.papers.blocks import Content, content_json, content_of
from auction.procedure.papers.kinds import KINDS, Kind, Signing, Subject
from auction.procedure.papers.models import Paper, PaperConsent, PaperFile, PaperProof
from auction.procedure.papers.queries import PaperRecord
from auction.procedure.papers.rules import PaperStatus
from auction.procedure.settlement import queries as settlement

_WHY_LONGEST = 500
#: What the desk draws up; a bidder's receipt is his own.
DESK_KINDS = tuple(key for key, kind in KINDS.items() if kind.subject is not Subject.REGISTRATION)


@command("draw_up_paper", by={Role.OFFICER})
def draw_up(act: Act, *, kind: str, subject: str, replaces: str | None = None, why: str | None = None) -> PaperRecord:
    """Draw a paper up from the record, or draw the draft of it again: what was signed has to be signed again.

    A final paper is never changed: another ``replaces`` it, and says why.

    :raises PaperNotYet: while what it tells has not happened
    :raises NotThisCourt: for another court's
    :raises PaperExists: NotReplaceable: when there is a final one, or it is not the one in force
    :raises PaperBeingSet: while the draft is being made final
    """
    checks = Checks()
    wanted = KINDS.get(checks.one_of("kind", kind, DESK_KINDS))
    about = checks.identifier("subject", subject)
    old = checks.text_or_none("replaces", replaces, longest=80)
    reason = checks.text("why", why, longest=_WHY_LONGEST) if old is not None else None
    checks.refuse()
    if wanted is None:
        raise NotFound(what="paper", name=str(kind))
    subjects.refuse_other_court(act, wanted, about)
    place = subjects.place_of(act.session, wanted, about)
    lock(act, place.chain)
    row = _open_draft(act, wanted, about) or _fresh(act, wanted, about, place, replaces=old, why=reason)
    rules.check_open(PaperStatus(row.status), number=row.number, being_set=row.asked_at is not None)
    _write(row, texts.BUILDERS[wanted.key].draw(act.session, subject=about, now=act.now))
    row.status, row.drawn_at, row.drawn_by, row.trouble = PaperStatus.DRAFT.value, act.now, act.by, None
    act.session.flush()
    return queries.paper(act.session, row.id)


@command("sign_paper", by={Role.PANEL})
def sign(act: Act, *, paper: str, content_sha256: str) -> PaperRecord:
    """Sign what a paper says; with the last member of the panel it is signed. Signing twice counts once.

    :param content_sha256: of what was read, so that nobody signs what he has not seen
    :raises PaperIsFinal: PaperBeingSet, SigningNotNeeded, NotOnThePanel, PaperRedrawn: in this order
    """
    checks = Checks()
    wanted, seen = checks.identifier("paper", paper), checks.text("content_sha256", content_sha256)
    checks.refuse()
    row = _locked(act, wanted)
    kind = KINDS[row.kind]
    subjects.refuse_other_court(act, kind, row.subject)
    rules.check_open(PaperStatus(row.status), number=row.number, being_set=row.asked_at is not None)
    record = queries.paper(act.session, wanted)
    panel = queries.panel_of(act.session, record)
    name = act.actor.name if act.actor else ""
    if kind.signing is not Signing.PANEL:
        raise rules.SigningNotNeeded(paper_zh=kind.title.zh, paper_en=kind.title.en)
    if name not in panel:
        raise rules.NotOnThePanel(panel=list(panel))
    if seen != row.content_sha256:
        raise rules.PaperRedrawn
    consent = {"paper_id": row.id, "account_id": act.by, "content_sha256": seen, "name": name, "at": act.now}
    act.session.execute(upsert(PaperConsent).values(consent).on_conflict_do_nothing())
    if not queries.to_sign(act.session, record):
        row.status = PaperStatus.SIGNED.value
    act.session.flush()
    return queries.paper(act.session, row.id)


@command("make_paper_final", by={Role.OFFICER})
def ask_final(act: Act, *, paper: str) -> PaperRecord:
    """Ask for a paper to be made final: it is numbered, set and kept within moments. Asking twice asks once.

    :raises PaperIsFinal: when it is
    :raises PaperNotSigned: naming who still has to sign
    :raises CharacterMissing: naming the characters that no font can show
    """
    checks = Checks()
    wanted = checks.identifier("paper", paper)
    checks.refuse()
    row = _locked(act, wanted)
    subjects.refuse_other_court(act, KINDS[row.kind], row.subject)
    if row.asked_at is None or row.status == PaperStatus.FINAL.value:
        rules.check_open(PaperStatus(row.status), number=row.number, being_set=False)
        _draw_unread(act, row)
        _check_ready(act, row)
        row.asked_at, row.trouble = act.now, None
    act.session.flush()
    return queries.paper(act.session, row.id)


@command("take_deposit_receipt", by={Role.BIDDER})
def take_receipt(act: Act, *, registration: str) -> PaperRecord:
    """Have the receipt of one's own deposit made out; asked for again it is the same receipt.

    :raises NotFound: for somebody else's registration
    :raises PaperNotYet: before the deposit is there
    """
    checks = Checks()
    wanted = checks.identifier("registration", registration)
    checks.refuse()
    kind = KINDS["deposit_receipt"]
    subjects.refuse_not_own(act, wanted)
    place = subjects.place_of(act.session, kind, wanted)
    lock(act, place.chain)
    known = queries.of_subject(act.session, kind=kind.key, subject=wanted)
    if known and known[0].trouble is None:
        return known[0]
    row = _open_draft(act, kind, wanted) or _fresh(act, kind, wanted, place, replaces=None, why=None)
    _write(row, texts.BUILDERS[kind.key].draw(act.session, subject=wanted, now=act.now))
    _check_ready(act, row)
    row.asked_at, row.trouble = act.now, None
    act.session.flush()
    return queries.paper(act.session, row.id)


@command("confirm_on_paper", by=())
def confirm_together(act: Act, *, entries: Sequence[Entry]) -> None:
    """Ask for the confirmations of sales as papers; they are drawn up when they are set (法释〔2016〕18号 第22条)."""
    kind, chains = KINDS["confirmation"], [entry.chain for entry in entries]
    lock_many(act, chains)
    sold = queries.without(act.session, kind=kind.key, subjects=[chain.removeprefix("lot:") for chain in chains])
    places = subjects.places_of_lots(act.session, sold)
    rows = [_row(act, kind, lot, places[lot]) for lot in sold]
    for row in rows:
        row.asked_at = act.now
    act.session.add_all(rows)
    act.session.flush()


@reacts_to("settlement.confirmed", together=confirm_together)
@command("confirm_on_paper", by=())
def confirm_on_paper(act: Act, *, entry: Entry) -> None:
    """Ask for the confirmation of a sale as a paper; it is drawn up when it is set (法释〔2016〕18号 第22条)."""
    confirm_together(act, entries=[entry])


@reacts_to("lot.ruled")
@command("draft_ruling", by=())
def draft_ruling(act: Act, *, entry: Entry) -> None:
    """Open the draft of a ruling that was made, for the panel to read and sign (法释〔2004〕16号 第20条)."""
    lot = entry.chain.removeprefix("lot:")
    lock(act, entry.chain)
    deal = settlement.settlement(act.session, lot)
    kind = KINDS["in_kind_ruling" if deal is not None and deal.way == "in_kind" else "sale_ruling"]
    if not queries.of_subject(act.session, kind=kind.key, subject=lot):
        _fresh(act, kind, lot, subjects.place_of(act.session, kind, lot), replaces=None, why=None)


@command("draw_opened_paper", by=())
def draw_opened(act: Act, *, paper: str) -> PaperRecord:
    """Draw up a paper that was opened or asked for by the passing of things, before it is set.

    :raises PaperNotYet: CharacterMissing: which the setter notes on the paper
    """
    row = _locked(act, paper)
    if _draw_unread(act, row) and row.asked_at is not None:
        _check_ready(act, row)
    return queries.paper(act.session, row.id)


@command("keep_final_paper", by=())
def keep_final(act: Act, *, paper: str, number: str, drawn_sha256: str, files: Mapping[str, tuple[bytes, int]]) -> bool:
    """Keep a paper that was set as the final one, with the digest of its bytes in the docket.

    :param drawn_sha256: of the content that was set
    :param files: bytes and number of pages by language
    :returns: False when the number was taken or the paper drawn again meanwhile, and it has to be set again
    """
    row = _locked(act, paper)
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
    _write(row, replace(content, number=number))
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
    row = _locked(act, paper)
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
    row = _locked(act, paper)
    if row.status == PaperStatus.FINAL.value:
        return
    row.asked_at = None
    row.trouble = {"code": refusal.code, "zh": refusal.message("zh"), "en": refusal.message("en")}
    act.session.flush()


def character_missing(lacking: Sequence[str]) -> rules.CharacterMissing:
    """Return the refusal that names the characters no font can show, each with its code point."""
    return rules.CharacterMissing(characters=[f"{char}（U+{ord(char):04X}）" for char in lacking])


def _draw_unread(act: Act, row: Paper) -> bool:
    """Draw up a paper that was opened without a text; say whether it had none."""
    if row.content is not None:
        return False
    _write(row, texts.BUILDERS[row.kind].draw(act.session, subject=row.subject, now=act.now))
    act.session.flush()
    return True


def _write(row: Paper, content: Content) -> None:
    plain = content_json(content)
    row.content, row.content_sha256 = json.dumps(plain, ensure_ascii=False), sha256_hex(plain)


def _check_ready(act: Act, row: Paper) -> None:
    record = queries.paper(act.session, row.id)
    left = queries.to_sign(act.session, record)
    if left:
        raise rules.PaperNotSigned(missing=left)
    lacking = characters.missing(content_of(json.loads(row.content or "null")))
    if lacking:
        raise character_missing(lacking)


def _locked(act: Act, paper: str) -> Paper:
    found = act.session.get(Paper, paper)
    if found is None:
        raise NotFound(what="paper", name=paper)
    lock(act, found.chain)
    return act.session.get_one(Paper, paper, with_for_update=True, populate_existing=True)


def _open_draft(act: Act, kind: Kind, about: str) -> Paper | None:
    """Return the paper of the kind that is not final yet."""
    query = select(Paper).where(Paper.kind == kind.key, Paper.subject == about, Paper.status != PaperStatus.FINAL.value)
    return act.session.scalars(query.with_for_update().limit(1)).one_or_none()


def _fresh(act: Act, kind: Kind, about: str, place: subjects.Place, *, replaces: str | None, why: str | None) -> Paper:
    final = queries.of_subject(act.session, kind=kind.key, subject=about)
    in_force = [one for one in final if one.replaced_by is None]
    if replaces is not None and replaces not in {one.id for one in in_force}:
        raise rules.NotReplaceable
    if in_force and replaces is None and not kind.recurring:
        raise rules.PaperExists(number=in_force[0].number)
    row = _row(act, kind, about, place)
    row.replaces, row.why = replaces, why
    act.session.add(row)
    act.session.flush()
    return row


def _row(act: Act, kind: Kind, about: str, place: subjects.Place) -> Paper:
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
