"""An administrator registers organisations, their addresses and secrets; nobody else does."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import append
from auction.foundation.docket.queries import entries
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import Actor, Role
from auction.gateways.outgoing import Answer
from auction.procedure.identity import queries as identity
from auction.procedure.partners import commands, outbox, queries, rules

URL = "https://hooks.partner.example.com/auction"


def register(platform: Platform, actor: Actor, name: str = "某拍卖平台", partner: str = "O1") -> commands.Registered:
    with platform.act(actor) as act:
        return commands.register_partner(act, id=partner, name=name, contact="张工 010-12345678")


def add(platform: Platform, actor: Actor, url: str = URL, *, endpoint: str = "W1") -> commands.Keyed:
    with platform.act(actor) as act:
        return commands.add_endpoint(act, id=endpoint, partner="O1", url=url)


def made_out(platform: Platform, *kinds: str, lot: str = "L1") -> list[queries.DeliveryRecord]:
    """Enter public acts on a lot and make out their deliveries to W1."""
    for kind in kinds:
        with platform.act() as act:
            append(act, f"lot:{lot}", kind, {})
    with platform.act() as act:
        outbox.make_out_deliveries(act, endpoint="W1")
    with platform.read() as session:
        return sorted(queries.deliveries(session, endpoint="W1", lot=lot), key=lambda one: one.seq)


def test_a_partner_has_an_account_of_its_own_and_a_key_told_once(platform: Platform, administrator: Actor) -> None:
    made = register(platform, administrator)

    with platform.read() as session:
        found = identity.actor_of_token(session, token=made.token)
        known = queries.partner(session, made.partner.id)
    assert found is not None
    assert found[0].roles == {Role.PARTNER}
    assert found[1] == {"listings", "webhooks"}
    assert known == made.partner
    assert made.token not in repr(made)


def test_the_secret_is_a_standard_webhooks_secret_told_once_and_encrypted_at_rest(
    platform: Platform, administrator: Actor
) -> None:
    register(platform, administrator)
    keyed = add(platform, administrator)

    assert len(base64.b64decode(keyed.secret.removeprefix("whsec_"))) == 32
    assert keyed.secret not in repr(keyed)
    with platform.read() as session:
        kept = session.execute(text("SELECT secret FROM webhook_endpoints")).scalar_one()
        contact = session.execute(text("SELECT contact FROM partners")).scalar_one()
        entered = str([one.as_json() for one in entries(session, "platform:partners")])
    assert keyed.secret not in kept
    assert "张工" not in contact
    assert keyed.secret not in entered
    assert "张工" not in entered


def test_every_act_is_entered_without_secrets_or_paths(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    add(platform, administrator, f"{URL}?token=geheim")
    with platform.act(administrator) as act:
        commands.rotate_secret(act, endpoint="W1")
    with platform.act(administrator) as act:
        commands.pause_endpoint(act, endpoint="W1")
    with platform.act(administrator) as act:
        commands.resume_endpoint(act, endpoint="W1")
    with platform.act(administrator) as act:
        commands.close_partner(act, partner="O1")

    with platform.read() as session:
        entered = entries(session, "platform:partners")
    assert [one.kind for one in entered] == [
        "partner.registered",
        "endpoint.added",
        "endpoint.secret_rotated",
        "endpoint.paused",
        "endpoint.resumed",
        "endpoint.paused",
        "partner.closed",
    ]
    assert "geheim" not in str([dict(one.public) for one in entered])


def test_an_address_is_added_once_however_it_is_written(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    add(platform, administrator)

    with pytest.raises(rules.EndpointKnown) as refused:
        add(platform, administrator, "https://HOOKS.partner.example.com:443/auction", endpoint="W2")
    assert refused.value.facts == {"endpoint": "W1"}


@pytest.mark.race
def test_the_same_address_added_twice_at_once_is_there_once(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)

    def attempt(number: int) -> str:
        try:
            add(platform, administrator, endpoint=f"W{number}")
        except Refusal as refusal:
            return refusal.code
        return "added"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["added", *["partners.endpoint_known"] * 3]


def test_an_organisation_is_registered_once(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)

    with pytest.raises(rules.PartnerKnown):
        register(platform, administrator, partner="O2")
    with pytest.raises(InputMalformed):
        register(platform, administrator, name="别的平台", partner="O1")
    with platform.read() as session:
        assert len(queries.partners(session)) == 1
        assert not [one for one in identity.accounts(session) if "o2" in one.login]


def test_a_partner_has_a_handful_of_addresses(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    for number in range(rules.ENDPOINTS_MAX):
        add(platform, administrator, f"{URL}/{number}", endpoint=f"W{number}")

    with pytest.raises(rules.EndpointsTooMany):
        add(platform, administrator, f"{URL}/more", endpoint="W-more")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/", "https://10.0.0.1/", "nonsense", "", None, 7, "https://a\x00.b"]
)
def test_an_address_inside_or_unreadable_is_refused_by_name(
    platform: Platform, administrator: Actor, url: object
) -> None:
    register(platform, administrator)

    with pytest.raises(InputMalformed) as refused:
        add(platform, administrator, url)  # type: ignore[arg-type]
    assert set(refused.value.facts["errors"]) == {"url"}  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": None},
        {"name": "x" * 101},
        {"contact": "\x07"},
        {"scopes": ["everything"]},
        {"scopes": 5},
        {"login": "a b"},
    ],
)
def test_a_partner_that_cannot_be_read_is_refused(
    platform: Platform, administrator: Actor, fields: dict[str, object]
) -> None:
    given: dict[str, object] = {"name": "某平台", "contact": "技术部", **fields}

    with pytest.raises(InputMalformed), platform.act(administrator) as act:
        commands.register_partner(act, **given)  # type: ignore[arg-type]
    with platform.read() as session:
        assert queries.partners(session) == []


ACTS: dict[str, Callable[[Act], object]] = {
    "register_partner": lambda act: commands.register_partner(act, name="别的平台", contact="x"),
    "close_partner": lambda act: commands.close_partner(act, partner="O1"),
    "add_endpoint": lambda act: commands.add_endpoint(act, partner="O1", url=f"{URL}/2"),
    "rotate_secret": lambda act: commands.rotate_secret(act, endpoint="W1"),
    "pause_endpoint": lambda act: commands.pause_endpoint(act, endpoint="W1"),
    "resume_endpoint": lambda act: commands.resume_endpoint(act, endpoint="W1"),
    "retry_delivery": lambda act: commands.retry_delivery(act, delivery="Y1"),
    "redeliver_from": lambda act: commands.redeliver_from(act, endpoint="W1", lot="L1"),
}


@pytest.mark.parametrize("doing", sorted(ACTS))
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.PLATFORM}))
def test_only_an_administrator_manages_partners(platform: Platform, doing: str, role: Role) -> None:
    somebody = Actor(id="U9", name="某人", roles=frozenset({role}))

    with pytest.raises(AuthForbidden), platform.act(somebody) as act:
        ACTS[doing](act)
    with pytest.raises(AuthRequired), platform.act(None) as act:
        ACTS[doing](act)


def test_not_even_an_administrator_touches_the_outbox_by_hand(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    add(platform, administrator)

    with pytest.raises(AuthForbidden), platform.act(administrator) as act:
        outbox.make_out_deliveries(act, endpoint="W1")
    with pytest.raises(AuthForbidden), platform.act(administrator) as act:
        outbox.lease_delivery(act)


@pytest.mark.parametrize("doing", sorted(set(ACTS) - {"register_partner"}))
def test_what_is_not_there_is_refused_by_name(platform: Platform, administrator: Actor, doing: str) -> None:
    with pytest.raises(NotFound), platform.act(administrator) as act:
        ACTS[doing](act)


def test_after_the_partnership_nothing_opens_and_nothing_resumes(platform: Platform, administrator: Actor) -> None:
    token = register(platform, administrator).token
    add(platform, administrator)
    with platform.act(administrator) as act:
        commands.close_partner(act, partner="O1")
        commands.close_partner(act, partner="O1")

    with platform.read() as session:
        assert identity.actor_of_token(session, token=token) is None
        assert queries.endpoint(session, "W1").paused_because == "closed"
    with pytest.raises(rules.PartnerClosed), platform.act(administrator) as act:
        commands.resume_endpoint(act, endpoint="W1")
    with pytest.raises(rules.PartnerClosed):
        add(platform, administrator, f"{URL}/2", endpoint="W2")


def test_only_public_acts_on_lots_are_made_out(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    add(platform, administrator)
    with platform.act() as act:
        append(act, "case:C1", "lot.announced", {})

    found = made_out(platform, "lot.drafted", "lot.announced", "registration.made", "bid.refused", "bid.accepted")

    assert [one.kind for one in found] == ["lot.announced", "bid.accepted"]


def test_only_the_head_of_a_line_is_due(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    add(platform, administrator)
    first, second = made_out(platform, "lot.announced", "lot.opened")

    assert first.next_attempt_at == platform.clock.now()
    assert second.next_attempt_at is None
    with platform.act() as act:
        leased = outbox.lease_delivery(act)
    with platform.act() as act:
        assert outbox.lease_delivery(act) is None
    assert leased is not None
    assert leased.delivery == first.id


def test_retrying_keeps_the_order(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    add(platform, administrator)
    first, second = made_out(platform, "lot.announced", "lot.opened")

    with pytest.raises(rules.NotItsTurn) as refused, platform.act(administrator) as act:
        commands.retry_delivery(act, delivery=second.id)
    assert refused.value.facts == {"seq": 1}
    with platform.act() as act:
        dispatch = outbox.lease_delivery(act)
        assert dispatch is not None
        outbox.conclude_delivery(act, dispatch=dispatch, answer=Answer(200, None, 3))
    with pytest.raises(rules.DeliveredAlready), platform.act(administrator) as act:
        commands.retry_delivery(act, delivery=first.id)


@pytest.mark.parametrize("seq", [0, -1, True, 1.5, 2**40, "1"])
def test_a_number_to_repeat_from_is_a_number(platform: Platform, administrator: Actor, seq: object) -> None:
    register(platform, administrator)
    add(platform, administrator)
    made_out(platform, "lot.announced")

    with pytest.raises(InputMalformed), platform.act(administrator) as act:
        commands.redeliver_from(act, endpoint="W1", lot="L1", seq=seq)  # type: ignore[arg-type]


def test_the_database_itself_keeps_one_head_a_line(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    add(platform, administrator)
    made_out(platform, "lot.announced", "lot.opened")

    with pytest.raises(Exception, match="one_head_a_line"), platform.act() as act:
        act.session.execute(text("UPDATE webhook_deliveries SET next_attempt_at = now()"))


def test_the_lag_is_told_in_figures(platform: Platform, administrator: Actor) -> None:
    register(platform, administrator)
    add(platform, administrator)
    add(platform, administrator, f"{URL}/2", endpoint="W2")
    with platform.act(administrator) as act:
        commands.pause_endpoint(act, endpoint="W2")
    made_out(platform, "lot.announced", "lot.opened")

    with platform.read() as session:
        lag = queries.lag(session, now=platform.clock.now())
        shown = queries.endpoints(session, partner="O1")
    assert (lag.endpoints_active, lag.endpoints_paused, lag.waiting, lag.failed) == (1, 1, 2, 0)
    assert {one.id: one.waiting for one in shown} == {"W1": 2, "W2": 0}
    assert shown[0].partner_name == "某拍卖平台"
