"""The verbs on papers: draw up, sign, ask for the final one; and what the passing of things opens by itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import lock
from auction.foundation.docket.many import lock_many
from auction.foundation.docket.reactions import reacts_to
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.inputs import Checks
from auction.procedure.papers import drafts, queries, rules, subjects, texts
from auction.procedure.papers.kinds import KINDS, Signing, Subject
from auction.procedure.papers.models import PaperConsent
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
    row = drafts.unfinished(act, wanted, about) or drafts.fresh(act, wanted, about, place, replaces=old, why=reason)
    rules.check_open(PaperStatus(row.status), number=row.number, being_set=row.asked_at is not None)
    drafts.write(row, texts.BUILDERS[wanted.key].draw(act.session, subject=about, now=act.now))
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
    row = drafts.locked(act, wanted)
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
    row = drafts.locked(act, wanted)
    subjects.refuse_other_court(act, KINDS[row.kind], row.subject)
    if row.asked_at is None or row.status == PaperStatus.FINAL.value:
        rules.check_open(PaperStatus(row.status), number=row.number, being_set=False)
        drafts.draw_unread(act, row)
        drafts.check_ready(act, row)
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
    row = drafts.unfinished(act, kind, wanted) or drafts.fresh(act, kind, wanted, place, replaces=None, why=None)
    drafts.write(row, texts.BUILDERS[kind.key].draw(act.session, subject=wanted, now=act.now))
    drafts.check_ready(act, row)
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
    rows = [drafts.blank(act, kind, lot, places[lot]) for lot in sold]
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
        drafts.fresh(act, kind, lot, subjects.place_of(act.session, kind, lot), replaces=None, why=None)
