"""A province's single sign-on: a real provider in a process of its own, and one that lies."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs

from controller.people.models import Person
from controller.settings import OidcSettings
from tests.fakes.browser import Browser, Page
from tests.fakes.desk import ApiDesk
from tests.fakes.people import MINUTE, PASSWORD, Telephone, change, person
from tests.fakes.provider import CLIENT, KEY, SECRET, STRANGER, LyingProvider, by_secret, signed, unsigned

BACK = "http://loa.test/login/sso/callback"


def oidc(issuer: str, client: str = CLIENT, secret: str = SECRET, invited_by: str = "email") -> OidcSettings:
    return OidcSettings(
        issuer=issuer, client_id=client, client_secret=secret, name="SSO Tiền Giang", invited_by=invited_by,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    """A provider built on authlib's server side; its issuer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    users = [
        {"sub": "1001", "email": "hoa@example.vn", "email_verified": True},
        {"sub": "1002", "email": "x@example.vn"},
    ]
    words = [word for user in users for word in ("--user-claims", json.dumps(user))]
    child = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-registration", "-n", *words],
        env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    issuer = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{issuer}/jwks", trust_env=False).raise_for_status()
            break
        except httpx.TransportError:
            time.sleep(0.05)
    yield issuer
    child.terminate()
    child.wait()


@pytest.fixture
def province(tmp_path: Path, real: str) -> Iterator[ApiDesk]:
    """An installation that is registered at the real provider."""
    ours = httpx.post(f"{real}/oauth2/clients", json={"redirect_uris": [BACK]}, trust_env=False).json()
    with ApiDesk(tmp_path, oidc=oidc(real, ours["client_id"], ours["client_secret"])) as desk:
        yield desk


@pytest.fixture
def liar(tmp_path: Path) -> Iterator[tuple[ApiDesk, LyingProvider]]:
    """A provider that can lie, an installation that asks it, and Hoa, whom it vouches for."""
    with LyingProvider(BACK) as provider, ApiDesk(tmp_path, oidc=oidc(provider.issuer)) as desk:
        hoa = person(desk, password=None)
        change(
            desk,
            hoa,
            lambda _, found: (setattr(found, "issuer", provider.issuer), setattr(found, "issuer_subject", "sub-1")),
        )
        yield desk, provider


def away(browser: Browser) -> str:
    answer = browser.http.get("/login/sso", follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def by_real(browser: Browser, subject: str) -> Page:
    """There, yes, and back."""
    answer = httpx.post(away(browser), data={"sub": subject}, trust_env=False)
    assert answer.status_code == 302, answer.text
    return browser.open(answer.headers["location"].removeprefix("http://loa.test"))


def by_liar(browser: Browser, provider: LyingProvider) -> Page:
    return browser.open(provider.authorize(away(browser)).removeprefix("http://loa.test"))


def subject_of(desk: ApiDesk, person_id: str) -> tuple[str | None, str | None]:
    with desk.office.database.read() as session:
        found = session.get_one(Person, person_id)
        return found.issuer, found.issuer_subject


def test_an_invited_person_comes_by_the_provider(province: ApiDesk, real: str) -> None:
    hoa = person(province, "hoa@example.vn", "operator", password=None)
    browser = Browser(province.app)
    assert "Đăng nhập bằng SSO Tiền Giang" in browser.open("/login").text
    assert by_real(browser, "1001").path == "/" and browser.ask("GET", "areas").status_code == 200
    assert subject_of(province, hoa) == (real, "1001")
    assert by_real(Browser(province.app), "1001").path == "/"
    assert [action for _, action in province.audit()][2:] == ["provider.linked", "log_in", "log_in"]
    left = browser.send(browser.open("/"), "/logout")
    (farewell,) = [link for link in left.links if link.startswith(real)]
    assert "post_logout_redirect_uri=" in farewell and httpx.get(farewell, trust_env=False).status_code == 200
    assert browser.open("/").path == "/login"


def test_an_address_that_nobody_verified_opens_nothing(province: ApiDesk) -> None:
    person(province, "x@example.vn", password=None)
    page = by_real(Browser(province.app), "1002")
    assert page.status == 403 and "chưa được cấp quyền" in page.text


def test_whoever_has_a_password_is_not_taken_over_by_an_address(province: ApiDesk) -> None:
    hoa = person(province, "hoa@example.vn")
    assert by_real(Browser(province.app), "1001").status == 403
    assert subject_of(province, hoa) == (None, None)


def test_the_provider_returns_to_no_other_address(province: ApiDesk) -> None:
    url = away(Browser(province.app)).replace("loa.test", "evil.example")
    assert httpx.post(url, data={"sub": "1001"}, trust_env=False).status_code == 400


def test_who_says_no_is_told_so(province: ApiDesk) -> None:
    browser = Browser(province.app)
    answer = httpx.post(away(browser), data={"action": "deny"}, trust_env=False)
    page = browser.open(answer.headers["location"].removeprefix("http://loa.test"))
    assert page.status == 403 and browser.open("/").path == "/login"


def test_the_small_provider_is_believed_while_it_is_honest(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    browser = Browser(desk.app)
    assert by_liar(browser, provider).path == "/"
    assert [by_liar(Browser(desk.app), provider).path for _ in range(3)] == ["/"] * 3
    assert provider.asked.count("/jwks") == 1 == provider.asked.count("/.well-known/openid-configuration")
    desk.later += 61 * MINUTE
    provider.claims = lambda said: said | {"exp": said["exp"] + 4_000, "iat": said["iat"] + 3_660}
    assert by_liar(Browser(desk.app), provider).path == "/" and provider.asked.count("/jwks") == 2


CLAIMS: dict[str, Any] = {
    "another audience": {"aud": "other"},
    "an audience of others": {"aud": ["other", "third"]},
    "ours among others, for another": {"aud": [CLIENT, "other"], "azp": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "over": {"exp": 1},
    "not yet": {"nbf": 4_000_000_000},
    "no end": {"exp": None},
    "an end in words": {"exp": "tomorrow"},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a number for a name": {"sub": 7},
    "a name without end": {"sub": "x" * 300},
}
SIGNS: dict[str, Any] = {
    "not signed": unsigned,
    "not signed, in capitals": lambda said: unsigned(said, "NONE"),
    "signed by a stranger": lambda said: signed(said, STRANGER),
    "signed by a key that it brings": lambda said: signed(said, STRANGER, jwk=STRANGER.as_dict(private=False)),
    "signed by a key from elsewhere": lambda said: signed(said, STRANGER, jku="http://127.0.0.1:1/jwks"),
    "signed by the public key as a secret": lambda said: by_secret(said, KEY.as_pem(private=False)),
    "signed by the client's secret": lambda said: by_secret(said, SECRET.encode()),
    "another algorithm than it says": lambda said: signed(said, alg="RS512"),
    "with an unknown key": lambda said: signed(said, kid="2"),
    "changed after signing": lambda said: signed(said)[:-8] + "AAAAAAAA",
    "no token": lambda said: "x.y.z",
    "an endless token": lambda said: signed(said | {"x": "x" * 40_000}),
}


@pytest.mark.parametrize("lie", [*CLAIMS, *SIGNS])
def test_a_token_is_refused_that_is(liar: tuple[ApiDesk, LyingProvider], lie: str) -> None:
    desk, provider = liar
    if lie in CLAIMS:
        provider.claims = lambda said: {k: v for k, v in (said | CLAIMS[lie]).items() if v is not None}
    else:
        provider.sign = SIGNS[lie]
    browser = Browser(desk.app)
    page = by_liar(browser, provider)
    assert page.status == 403 and "không thành công" in page.text
    assert browser.open("/").path == "/login" and ("nobody", "log_in") not in desk.audit()


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"}, {"issuer": None}, {"token_endpoint": "http://203.0.113.1/token"},
        {"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": None},
        {"token_endpoint": "https://user@evil.example/"}, {"authorization_endpoint": ["x"]},
    ],
)  # fmt: skip
def test_a_provider_that_says_odd_things_of_itself_is_not_asked(
    liar: tuple[ApiDesk, LyingProvider], metadata: dict[str, Any]
) -> None:
    desk, provider = liar
    provider.metadata = metadata
    assert Browser(desk.app).open("/login/sso").status == 503
    assert "/token" not in provider.asked and "/jwks" not in provider.asked


def test_a_shared_secret_among_its_keys_is_no_key(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    provider.keys = [{"kty": "oct", "kid": "1", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]
    provider.metadata = {"id_token_signing_alg_values_supported": ["HS256", "none"]}
    provider.sign = lambda said: by_secret(said, b"secretsecretsecretsecret")
    assert by_liar(Browser(desk.app), provider).status == 403


@pytest.mark.parametrize(
    "answer", [b" ", b"{", b"[]", b"<html>", b'{"id_token": 1}', b"[" * 100_000, b'{"x": "' + b"x" * 300_000]
)
def test_an_answer_that_is_none_fails_in_words(liar: tuple[ApiDesk, LyingProvider], answer: bytes) -> None:
    desk, provider = liar
    provider.answer = answer
    assert by_liar(Browser(desk.app), provider).status in {403, 503}


def test_a_provider_that_is_gone_fails_in_words_and_passwords_still_work(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        issuer = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with ApiDesk(tmp_path, oidc=oidc(issuer)) as desk:
            person(desk)
            assert Browser(desk.app).open("/login/sso").status == 503
            assert Browser(desk.app).log_in("hoa", PASSWORD).path == "/"


def test_a_key_that_was_changed_is_looked_for_but_not_all_the_time(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    assert by_liar(Browser(desk.app), provider).path == "/"
    new = RSAKey.generate_key(2048, {"kid": "2", "use": "sig"})
    provider.keys, provider.sign = [new.as_dict(private=False)], lambda said: signed(said, new, kid="2")
    assert [by_liar(Browser(desk.app), provider).status for _ in range(2)] == [403] * 2
    assert provider.asked.count("/jwks") == 1
    desk.later += MINUTE + 1
    assert by_liar(Browser(desk.app), provider).path == "/" and provider.asked.count("/jwks") == 2


def test_the_way_back_is_for_the_browser_that_went_once(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    victim, attacker = Browser(desk.app), Browser(desk.app)
    back = provider.authorize(away(attacker)).removeprefix("http://loa.test")
    assert victim.open(back).status == 403, "a victim is not logged in as the attacker"
    away(victim)
    assert victim.open(back).status == 403 and "/token" not in provider.asked
    assert attacker.open(back).path == "/" and attacker.open(back).status == 403
    late = provider.authorize(away(victim)).removeprefix("http://loa.test")
    desk.later += 10 * MINUTE
    assert victim.open(late).status == 403
    for said in ("", "?state=x", "?code=x", "?error=access_denied&state=x", "?code=%00&state=%ff"):
        assert victim.open(f"/login/sso/callback{said}").status == 403


def test_two_providers_cannot_be_mixed_up(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    browser = Browser(desk.app)
    assert (
        browser.open(
            provider.authorize(away(browser)).removeprefix("http://loa.test") + "&iss=https://evil.example"
        ).status
        == 403
    )
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    desk.later += 61 * MINUTE
    assert browser.open(provider.authorize(away(browser)).removeprefix("http://loa.test")).status == 403


def test_the_same_subject_of_another_issuer_is_somebody_else(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    provider.subject, provider.more = "sub-2", {"email": "hoa", "email_verified": True}
    assert by_liar(Browser(desk.app), provider).status == 403


def test_who_is_disabled_is_not_let_in(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    lan = person(desk, "lan", password=None)
    change(desk, lan, lambda _, found: setattr(found, "disabled_at", 1))
    provider.subject, provider.more = "sub-2", {"email": "lan", "email_verified": True}
    assert by_liar(Browser(desk.app), provider).status == 403 and subject_of(desk, lan) == (None, None)


@pytest.mark.parametrize(
    ("invited_by", "more", "comes"),
    [
        ("email", {"email": "lan", "email_verified": True}, True),
        ("email", {"email": "LAN", "email_verified": True}, True),
        ("email", {"email": "lan", "email_verified": "true"}, False),
        ("email", {"email": "lan"}, False),
        ("email", {"preferred_username": "lan"}, False),
        ("username", {"preferred_username": "lan"}, True),
        ("username", {"email": "lan", "email_verified": True}, False),
        ("nothing", {"preferred_username": "lan", "email": "lan", "email_verified": True}, False),
    ],
)
def test_what_finds_an_invited_person_is_set(
    tmp_path: Path, invited_by: str, more: dict[str, Any], comes: bool
) -> None:
    with LyingProvider(BACK) as provider, ApiDesk(tmp_path, oidc=oidc(provider.issuer, invited_by=invited_by)) as desk:
        lan = person(desk, "lan", password=None)
        provider.more = more
        assert (by_liar(Browser(desk.app), provider).path == "/") is comes
        assert (subject_of(desk, lan)[1] == "sub-1") is comes


def test_a_second_factor_of_ours_is_asked_for_after_the_provider_too(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    browser = Browser(desk.app)
    by_liar(browser, provider)
    page = browser.open("/account/second-factor")
    telephone = Telephone(desk, page)
    assert "password" not in page.fields and "/account/password" not in browser.open("/account").links
    given = browser.send(browser.open("/account/password"), "/account/password", old="", new=PASSWORD)
    assert given.status == 403, "who came by the provider makes no second way in"
    assert browser.send(page, "/account/second-factor", code=telephone.code()).status == 200
    assert by_liar(browser, provider).path == "/login/code"


def test_neither_code_nor_token_nor_secret_gets_into_a_log(liar: tuple[ApiDesk, LyingProvider]) -> None:
    desk, provider = liar
    browser = Browser(desk.app)
    with capture_logs() as lines:
        url = away(browser)
        way = browser.http.cookies["loa-way"]
        back = provider.authorize(url)
        browser.open(back.removeprefix("http://loa.test"))
    said = json.dumps([*lines, *desk.audit()], default=str)
    secrets = [way, SECRET, *(part.partition("=")[2] for part in back.partition("?")[2].split("&"))]
    assert len(lines) >= 3 and not [secret for secret in secrets if secret in said]
