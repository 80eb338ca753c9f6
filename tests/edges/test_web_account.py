from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.identity import commands as identity
from auction.procedure.identity import queries
from tests.edges.browsing import PASSWORD, Browser, id_number, sign_up


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def _new(**changes: str) -> dict[str, str]:
    return {
        "kind": "natural_person",
        "name": "李雷",
        "id_number": id_number(7),
        "login": "lilei",
        "password": PASSWORD,
        **changes,
    }


def test_a_bidder_opens_an_account_and_is_signed_in_where_he_wanted_to_be(browser: Browser) -> None:
    browser.get("/signup?next=/glossary").send("/signup", **_new())
    assert browser.at == "/glossary"
    assert "李雷" in browser.get("/account").text
    assert id_number(7) not in browser.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"id_number": "110105194912310021"}, "身份证号码有误"),
        ({"password": "short"}, "密码应为"),
        ({"name": "  "}, "不能为空"),
        ({"kind": "martian"}, ""),
        ({"login": "a b"}, "登录名"),
        ({"login": "x" * 4000}, ""),
    ],
)
def test_a_faulty_form_comes_back_with_the_fault_beside_the_field_and_the_values_kept(
    browser: Browser, changes: dict[str, str], why: str
) -> None:
    browser.get("/signup").send("/signup", **_new(**changes))
    assert browser.status == 400
    assert why in browser.text
    assert PASSWORD not in browser.text
    if "name" not in changes:
        assert "李雷" in browser.text


def test_one_person_has_one_account(browser: Browser, app: Flask) -> None:
    browser.get("/signup").send("/signup", **_new())
    other = Browser(app).get("/signup").send("/signup", **_new(login="other"))
    assert other.status == 409
    assert "已注册" in other.text


def test_a_wrong_password_and_an_unknown_login_are_told_alike(platform: Platform, browser: Browser) -> None:
    sign_up(platform, "lilei", serial=7)
    browser.get("/login").send("/login", login="lilei", password="not it at all")
    first = browser.text.replace("lilei", "")
    assert browser.status == 401
    browser.get("/login").send("/login", login="nobody", password="not it at all")
    assert browser.status == 401
    assert "登录名或密码不正确" in first
    assert "登录名或密码不正确" in browser.text


def test_guessing_is_stopped_for_the_login_even_with_the_right_word(platform: Platform, browser: Browser) -> None:
    sign_up(platform, "lilei", serial=7)
    for _ in range(10):
        browser.get("/login").send("/login", login="lilei", password="wrong wrong wrong")
    browser.get("/login").send("/login", login="LiLei ", password=PASSWORD)
    assert browser.status == 429


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x",
        "\t//e",
        "http:/e",
    ],
)
def test_nobody_is_led_off_the_site_after_signing_in(platform: Platform, browser: Browser, onward: str) -> None:
    sign_up(platform, "lilei", serial=7)
    token = browser.get("/login").fields("/login")["csrf_token"]
    answer = browser.client.post(
        "/login", data={"csrf_token": token, "login": "lilei", "password": PASSWORD, "next": onward}
    )
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_a_form_without_its_token_does_nothing(platform: Platform, browser: Browser) -> None:
    sign_up(platform, "lilei", serial=7)
    browser.sign_in("lilei")
    assert browser.post("/logout", {}).status == 409
    assert browser.get("/account").at == "/account"
    assert browser.post("/logout", {"csrf_token": "forged"}).status == 409


def test_signing_out_ends_the_session_and_twice_does_no_harm(platform: Platform, browser: Browser) -> None:
    sign_up(platform, "lilei", serial=7)
    browser.sign_in("lilei").get("/account").send("/logout")
    assert browser.at == "/"
    assert browser.get("/account").at == "/login"


def test_a_closed_account_opens_nothing_any_more(platform: Platform, browser: Browser) -> None:
    person = sign_up(platform, "lilei", serial=7)
    browser.sign_in("lilei")
    with platform.read() as session:
        own = queries.account_of_person(session, person)
    assert own is not None
    with platform.act(PLATFORM) as act:
        identity.close_account(act, account=own.id)
    assert browser.get("/account").at == "/login"


def test_the_password_is_changed_with_the_present_one_only(platform: Platform, browser: Browser) -> None:
    sign_up(platform, "lilei", serial=7)
    new = "quite another sentence"
    browser.sign_in("lilei").get("/account")
    browser.send("/account/password", present="wrong", new=new, password_again=new)
    assert browser.status == 403
    assert "密码不正确" in browser.text
    browser.send("/account/password", present=PASSWORD, new=new, password_again="another")
    assert browser.status == 400
    browser.send("/account/password", present=PASSWORD, new=new, password_again=new)
    assert browser.status == 200
    assert "密码已更改" in browser.text
    browser.send("/logout")
    browser.get("/login").send("/login", login="lilei", password=new)
    assert browser.at == "/"


def test_a_session_from_elsewhere_is_no_session(browser: Browser) -> None:
    browser.client.set_cookie("session", "eyJfdXNlcl9pZCI6IlUxIn0.forged.signature")
    assert browser.get("/account").at == "/login"
