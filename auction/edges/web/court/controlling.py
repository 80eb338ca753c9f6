"""Controls: who waits for a thing, the right to dispose of it, excess, and a case sent to the bankruptcy court."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.court.things import on_property
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.assets import excess, queue, transfer
from auction.procedure.assets import queries as assets
from auction.procedure.cases import bankruptcy

pages = Blueprint("controlling", __name__, url_prefix="/court")


@pages.post("/property/<thing>/order-release")
@open_to(desk.COURT)
def order_release(thing: str) -> ResponseReturnValue:
    """Find a thing excess; its release is due from then."""

    def do(act: Act, form: fields.Form) -> object:
        kept = form.yuan("kept_worth")
        form.refuse()
        return excess.order_release(act, property=thing, kept_worth_minor=kept)

    return on_property(thing, do, said=t("已裁定解除超额查封", "The release of the excess is ordered"), opened="excess")


@pages.post("/property/<thing>/transfer")
@open_to(desk.COURT)
def transfer_disposal(thing: str) -> ResponseReturnValue:
    """Issue the letter of transfer; the thing is another court's to dispose of from then on."""
    with platform().read() as session:
        _, case = desk.property_of(session, thing)
    return desk.perform(
        lambda act: transfer.transfer_disposal(act, property=thing),
        to=lambda _: f"/court/cases/{case.id}/things",
        said=t("已出具移送执行函", "The letter of transfer is issued"),
        otherwise=lambda refusal: files.tab(case.id, "things", refusal=refusal),
    )


@pages.post("/cases/<case>/waiting/<thing>/ask")
@open_to(desk.COURT)
def ask_transfer(case: str, thing: str) -> ResponseReturnValue:
    """Ask the court that seized first for the right to dispose."""
    _waits(case, thing)
    return desk.perform(
        lambda act: transfer.ask_transfer(act, property=thing, case=case),
        to=lambda _: f"/court/cases/{case}/things",
        said=t("已商请移送", "The transfer is asked for"),
        otherwise=lambda refusal: files.tab(case, "things", refusal=refusal),
    )


@pages.post("/cases/<case>/waiting/<thing>/leave")
@open_to(desk.COURT)
def leave_queue(case: str, thing: str) -> ResponseReturnValue:
    """Take the case's place in the queue back."""
    _waits(case, thing)

    def leave(act: Act) -> object:
        form = fields.form()
        ground = form.text("ground")
        form.refuse()
        return queue.leave_queue(act, property=thing, case=case, ground=ground)

    return desk.perform(
        leave,
        to=lambda _: f"/court/cases/{case}/things",
        said=t("已解除轮候查封", "The waiting seizure is taken back"),
        otherwise=lambda refusal: files.tab(case, "things", refusal=refusal),
    )


@pages.post("/cases/<case>/bankruptcy")
@open_to(desk.COURT)
def refer_bankruptcy(case: str) -> ResponseReturnValue:
    """Send the case to the bankruptcy court."""
    _own(case)

    def refer(act: Act) -> object:
        form = fields.form()
        by = form.text("by", longest=80)
        form.refuse()
        return bankruptcy.refer_bankruptcy(act, case=case, by=by)

    return desk.perform(
        refer,
        to=lambda _: f"/court/cases/{case}/things",
        said=t("已移送破产审查", "The case is sent to the bankruptcy court"),
        otherwise=lambda refusal: files.tab(case, "things", refusal=refusal),
    )


@pages.post("/cases/<case>/bankruptcy/answer")
@open_to(desk.COURT)
def answer_bankruptcy(case: str) -> ResponseReturnValue:
    """Record what the bankruptcy court answered."""
    _own(case)

    def answer(act: Act) -> object:
        form = fields.form()
        accepted = form.checks.one_of("accepted", form.raw("accepted"), ("yes", "no")) == "yes"
        form.refuse()
        return bankruptcy.answer_bankruptcy(act, case=case, accepted=accepted)

    return desk.perform(
        answer,
        to=lambda _: f"/court/cases/{case}/things",
        said=t("已记录受移送法院的答复", "The answer is recorded"),
        otherwise=lambda refusal: files.tab(case, "things", refusal=refusal),
    )


def _own(case: str) -> None:
    with platform().read() as session:
        desk.case_of(session, case)


def _waits(case: str, thing: str) -> None:
    """Refuse another court's case, and a thing that does not exist."""
    with platform().read() as session:
        desk.case_of(session, case)
        if all(one.case != case for one in assets.queue(session, thing)):
            raise NotFound(what="property", name=thing)
