"""What a bidder's program may do: register and bid. Bids go the way of every other bid, through the sequencer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from auction.edges.api.endpoint import Answer, Call, answered, endpoint, kept_answer
from auction.edges.api.lots import lot_id
from auction.edges.api.reading import Field
from auction.edges.api.shapes import registration_json, ways_json
from auction.edges.live import live
from auction.edges.live.connections import BID_SCOPE, bidding_person
from auction.edges.problems import PlatformUnavailable, problem, status_of
from auction.edges.receipts import receipt_json
from auction.foundation.database import idempotency
from auction.foundation.database.acts import Act
from auction.foundation.database.idempotency import KeyReused
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired, InputMalformed, NotFound, RateLimited
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding import joint, registering, reminders, rules, shares, undertakings
from auction.procedure.deposits.exempt import admitted_if_exempt
from auction.procedure.lots import queries as lots
from auction.procedure.treasury import ways
from auction.procedure.treasury.ways_rules import Purpose

AUTH = (AuthRequired, AuthForbidden, RateLimited)


@endpoint(
    "POST", "/lots/{lot}/registrations",
    zh="报名", en="Register on a lot; answers the bidding code and the deposit due",
    body=(
        Field("as_priority", "truth", "以已确认的优先购买权人身份", "As a priority purchaser the court confirmed"),
        Field("creditor_claim", "text", "以债权抵扣保证金", "The applicant's claim, set against it", longest=80),
        Field("jointly", "truth", "与法院确认的人共同竞买", "Together with those the court has confirmed"),
        Field("accepted_version", "text", "已接受的特别提示版本", "The version of the reminders accepted", longest=64),
        Field("unconnected", "truth", "与本次拍卖没有利害关系", "Not connected with this sale (article 34)"),
        Field("qualified", "truth", "承诺具备购房资格", "Undertakes to be qualified to buy a home here"),
    ),
    scope=BID_SCOPE,
    errors=(
        *AUTH, InputMalformed, NotFound, KeyReused, registering.RegistrationClosed, registering.Ineligible,
        registering.NotQualified, registering.Barred, registering.AgentNotConfirmed, registering.PriorityNotConfirmed,
        registering.RegisteredAlready, shares.JointNotConfirmed, shares.JointMember,
    ),
    answers="Registration", statuses=(201,),
)  # fmt: skip
def register(call: Call, lot: str) -> Answer:
    """Register the key's person; what he accepts and declares is kept, what he leaves out he is told of."""
    wanted, person = lot_id(lot), bidding_person(call.known)
    version = call.body["accepted_version"]
    said = {undertakings.UNCONNECTED: call.body["unconnected"], undertakings.QUALIFIED: call.body["qualified"]}

    def run(act: Act) -> Answer:
        if version is not None:
            reminders.accept_version(act, lot=wanted, person=person, version=version)
        made = bidding.register(
            act,
            lot=wanted,
            person=person,
            as_priority=bool(call.body["as_priority"]),
            creditor_claim=call.body["creditor_claim"],
            jointly=joint.as_named(act.session, lot=wanted, bidder=person) if call.body["jointly"] else (),
            declares={key: value for key, value in said.items() if value is not None},
        )
        made = admitted_if_exempt(act, made=made)
        body = registration_json(
            made, paid_under=f"/lots/{wanted}/deposit", ways=_ways(call, act, lot=wanted, due=made.deposit_due_minor)
        )
        return Answer(body | _words(call, act, lot=wanted, person=person), status=HTTPStatus.CREATED)

    return call.once(run)


@endpoint(
    "POST", "/lots/{lot}/bids", zh="出价；同一 bid_id 只产生一笔", en="Bid; the same bid_id has one effect",
    body=(
        Field("amount_minor", "whole", "出价（分）", "The amount in fen", required=True, least=1),
        Field("bid_id", "text", "客户端自定的编号", "The client's own id", required=True, longest=64),
    ),
    scope=BID_SCOPE,
    errors=(
        *AUTH, InputMalformed, NotFound, KeyReused, rules.BidIdReused, rules.BiddingNotOpen, rules.BiddingClosed,
        rules.NotAdmitted, rules.CorrectionUnread, rules.BelowStart, rules.OwnLead, rules.BidTooLow,
        rules.OffStep, PlatformUnavailable,
    ),
    answers="Receipt", statuses=(201, 200),
)  # fmt: skip
def bid(call: Call, lot: str) -> Answer:
    """Place one bid of the key's person and answer after its commit."""
    wanted, person = lot_id(lot), bidding_person(call.known)
    if call.key is not None:
        before = _claimed(call, key=call.key)
        if before is not None:
            return before
    answer = _placed(call, lot=wanted, person=person)
    if call.key is not None:
        _keep(call, key=call.key, answer=answer)
    return answer


def _ways(call: Call, act: Act, *, lot: str, due: int) -> list[dict[str, Any]]:
    """Return by which ways the deposit may be paid, so that a limit is known before paying."""
    offers = ways.offered(
        act.session,
        court=lots.public_lot(act.session, lot).court,
        purpose=Purpose.DEPOSIT,
        amount_minor=due,
        connected=call.platform.gateways.by_name.keys(),
    )
    return ways_json(offers, language=call.language)


def _words(call: Call, act: Act, *, lot: str, person: str) -> dict[str, Any]:
    """Return the special reminders in the words announced, their version, and whether it was accepted (article 14)."""
    found = lots.public_lot(act.session, lot)
    items = [
        {
            "key": one.key,
            "title": one.title.in_language(call.language),
            "text": one.standing.en if call.language == "en" else one.announced,
            "sha256": one.sha256,
        }
        for one in reminders.reminders_of(found)
    ]
    accepted = reminders.all_accepted(act.session, found, person=person)
    return {"reminders": {"version": reminders.version_of(found), "accepted": accepted, "items": items}}


def _placed(call: Call, *, lot: str, person: str) -> Answer:
    told = live().sequencer.submit(
        lot=lot, person=person, amount_minor=call.body["amount_minor"], bid_id=call.body["bid_id"]
    )
    body, receipt = receipt_json(told, language=call.language), told.receipt
    if receipt.refusal is None:
        return Answer(body, status=HTTPStatus.OK if receipt.repeated else HTTPStatus.CREATED)
    refused: dict[str, Any] = problem(receipt.refusal, language=call.language)
    return Answer(refused | {"receipt": body}, status=status_of(receipt.refusal))


def _claimed(call: Call, *, key: str) -> Answer | None:
    """Claim the key before the bid: a crash in between leaves it unanswered, and the bid's own id keeps it single."""
    with call.platform.act(call.actor) as act:
        before = idempotency.claim(act, owner=call.actor.id, key=key, request=call.digest)
    return None if before is None else kept_answer(before)


def _keep(call: Call, *, key: str, answer: Answer) -> None:
    with call.platform.act(call.actor) as act:
        idempotency.record(act, owner=call.actor.id, key=key, answered=answered(answer))
