"""Who gets in, how long, and what a stranger learns."""

import pytest
from starlette.testclient import TestClient

from api.auth import FAILURES_MAX
from api.deps import COOKIE
from controls.audit import Actor
from store.users import token_hash
from tests.api.site import PASSWORD, Site


def test_a_link_sets_a_password_once(site: Site) -> None:
    link = site.invite("linda", "auditor")
    client = site.client()
    page = client.get(f"/welcome/{link}")
    assert "New password" in page.text
    form = {"password": "short", "again": "short"}
    assert "at least 12" in client.post(f"/welcome/{link}", data=form).text
    form = {"password": PASSWORD, "again": PASSWORD + "!"}
    assert "differ" in client.post(f"/welcome/{link}", data=form).text
    form = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(f"/welcome/{link}", data=form).headers["location"] == "/login"
    again = client.post(f"/welcome/{link}", data=form)
    assert again.status_code == 422
    assert "used, or is too old" in again.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    site.person("cora", "auditor")
    for scheme, secure in (("http", False), ("https", True)):
        client = TestClient(site.app, base_url=f"{scheme}://tieout.test", follow_redirects=False)
        answer = client.post("/login", data={"name": "cora", "password": PASSWORD})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert ("; secure" in cookie) == secure
        assert client.get("/").status_code == 200
        token = client.cookies[COOKIE]
        with site.owner.unit_of_work(Actor("service", "test")) as work:
            assert work.users.by_token(token) is not None
            assert work.users.by_token(token_hash(token)) is None  # the stored hash opens nothing
        assert client.post("/logout").headers["location"] == "/login"
        client.cookies.set(COOKIE, token)
        assert client.get("/").headers["location"] == "/login"


def test_a_wrong_name_and_a_wrong_password_sound_alike(site: Site) -> None:
    site.person("wanda", "auditor")
    client = site.client()
    answers = [
        client.post("/api/v1/login", json={"name": name, "password": "wrong password"})
        for name in ("wanda", "nobody-of-that-name")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert {answer.text for answer in answers} == {
        '{"error":"not_logged_in","message":"Name or password is wrong."}'
    }
    assert site.events("system", "user.log_in_refused")[0] == {"actor": "nobody-of-that-name"}


def test_ten_failures_pause_a_name_even_for_the_right_password(site: Site) -> None:
    site.person("fiona", "auditor")
    client = site.client()
    for _attempt in range(FAILURES_MAX):
        client.post("/api/v1/login", json={"name": "fiona", "password": "wrong password"})
    answer = client.post("/api/v1/login", json={"name": "fiona", "password": PASSWORD})
    assert "Wait five minutes" in answer.json()["message"]


def test_who_is_disabled_or_reset_is_out_from_the_next_request_on(site: Site) -> None:
    for name, end in (("dora", "disable"), ("rita", "reset")):
        client = site.person(name, "controller")
        assert client.get("/api/v1/closes").status_code == 200
        with site.store.unit_of_work(Actor("terminal", "test")) as work:
            if end == "disable":
                work.users.disable(name)
            else:
                work.users.reset(name, "a-new-link")
        assert client.get("/api/v1/closes").status_code == 401
        answer = client.post("/api/v1/login", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 401


def test_an_ended_log_in_is_no_log_in(site: Site) -> None:
    client = site.person("olga", "auditor")
    assert client.post("/api/v1/logout").status_code == 200
    assert client.get("/api/v1/closes").status_code == 401
    assert site.events("system", "user.logged_out")


def test_a_form_of_another_site_is_refused_and_changes_nothing(site: Site) -> None:
    site.person("tanya", "controller")
    client = site.client()
    client.post("/login", data={"name": "tanya", "password": PASSWORD})
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        answer = client.post("/logout", headers=headers)
        assert answer.status_code == 403
        assert "another site" in answer.text
    assert client.get("/").status_code == 200
    assert client.post("/logout", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


@pytest.mark.parametrize("name", [r"a\u0000b", r"\ud83d"])
def test_text_that_no_database_holds_is_bad_input(site: Site, name: str) -> None:
    body = f'{{"name": "{name}", "password": "x"}}'
    headers = {"Content-Type": "application/json"}
    answer = site.client().post("/api/v1/login", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
