"""A lot's bidders at the desk: codes alone, and the court's confirmations and exclusions before bidding begins.

Who is behind a code is nobody's to know before the close (docs/decisions/who-may-see-a-bidder.md): an agent, a joint
buyer or an excluded person is named here by his papers, and the page never says which code is his.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web import visitor
from auction.edges.web.court import desk, fields
from auction.edges.web.court.fields import Form
from auction.edges.web.court.lots import common
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import eligibility, joint
from auction.procedure.bidding import queries as bidding
from auction.procedure.identity import commands as identity

pages = Blueprint("bidders", __name__, url_prefix="/court/lots/<lot>/bidders")

_JOINT_ROWS = 4
#: Whom article 34 keeps away: the key of the form, and how it is entered.
WHOM: Mapping[str, tuple[str, str]] = {
    "court": ("负责执行的人民法院", "the court that enforces"),
    "platform": ("网络服务提供者", "the auction platform"),
    "helper": ("承担拍卖辅助工作的社会机构或者个人", "an agency or person helping with the auction"),
    "staff": ("法院、平台或者辅助机构的工作人员", "staff of the court, the platform or a helper"),
    "relative": ("上述工作人员的近亲属", "a close relative of such staff"),
}


@pages.get("")
@open_to(desk.COURT)
def show(lot: str) -> str:
    """Show the codes that take part, and the forms of confirmation and exclusion."""
    return _show(lot)


def _show(lot: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        rows = [(one.code, one.status, one.registered_at) for one in bidding.registrations(session, lot)]
        begun = eligibility.bidding_begun(session, lot=found, now=visitor.now())
        context = common(session, found)
    return desk.page(
        "court/lot_bidders.html",
        rail="lots",
        tab="bidders",
        rows=rows,
        begun=begun,
        whom=WHOM,
        joint_rows=range(_JOINT_ROWS),
        refusal=refusal,
        **context,
    )


def _person(act: Act, form: Form, prefix: str) -> Callable[[], str]:
    """Read a name with its number now, and put the person on record once every field of the form is right."""
    name, number = form.text(f"{prefix}_name", longest=100), form.text(f"{prefix}_number", longest=30)
    return lambda: identity.enrol_person(act, name=name, id_number=number).id


def _agent(act: Act, lot: str, form: Form) -> object:
    bidder, agent = _person(act, form, "bidder"), _person(act, form, "agent")
    form.refuse()
    return eligibility.confirm_agent(act, lot=lot, bidder=bidder(), agent=agent())


def _joint(act: Act, lot: str, form: Form) -> object:
    numbers = form.rows("joint", ("name", "number", "share"))
    if len(numbers) < 2:  # noqa: PLR2004 - one alone does not buy together
        form.checks.wrong("joint-0-name", "至少两名共同竞买人 / at least two who buy together")
    members = [(_row(act, form, n), form.text(f"joint-{n}-share", longest=20)) for n in numbers]
    form.refuse()
    named = [{"person": person(), "share": share} for person, share in members]
    return joint.confirm_joint(act, lot=lot, bidder=named[0]["person"], jointly=named)


def _row(act: Act, form: Form, n: int) -> Callable[[], str]:
    name, number = form.text(f"joint-{n}-name", longest=100), form.text(f"joint-{n}-number", longest=30)
    return lambda: identity.enrol_person(act, name=name, id_number=number).id


def _ineligible(act: Act, lot: str, form: Form) -> object:
    person, why = _person(act, form, "person"), form.checks.one_of("why", form.raw("why"), WHOM)
    form.refuse()
    return eligibility.declare_ineligible(act, person=person(), lot=lot, why=" / ".join(WHOM[why]))


_ACTS: Mapping[str, tuple[Callable[[Act, str, Form], object], str, str]] = {
    "agent": (_agent, "代理人已确认", "The agent is confirmed"),
    "joint": (_joint, "共同竞买已确认", "The joint bidders are confirmed"),
    "ineligible": (_ineligible, "已登记不得竞买", "The person is kept away"),
}


@pages.post(f"/<any({', '.join(_ACTS)}):what>")
@open_to(desk.COURT)
def enter(lot: str, what: str) -> ResponseReturnValue:
    """Confirm an agent or joint bidders, or keep a person away."""
    with platform().read() as session:
        desk.lot_of(session, lot)
    run, zh, en = _ACTS[what]
    form = fields.form()
    return desk.perform(
        lambda act: run(act, lot, form),
        to=lambda _: f"/court/lots/{lot}/bidders",
        said=t(zh, en),
        otherwise=lambda refusal: _show(lot, refusal=refusal),
    )
