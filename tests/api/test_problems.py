"""Refusals as people and programs read them, and what is never told."""

import errno
from typing import Any

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from api.errors import RequestRefused
from api.problems import READS, WRITES, catalogue, problem_of, said_of_field, wording
from api.routes import air, alerts, broadcasts, bulletins, devices
from controller.db import DatabaseBusyError, DatabaseError
from controller.library.studio import StudioError
from tests.fakes.desk import ApiDesk

ENGLISH = {"Accept-Language": "en"}
SOMEBODY = "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"


def test_every_code_that_a_route_describes_has_words_of_its_own() -> None:
    described = {
        *READS, *WRITES, *alerts.NOT_RAISED, *broadcasts.NOT_ORDERED, *broadcasts.NOT_THERE, *bulletins.NOT_TAKEN,
        *bulletins.NOT_MADE, *devices.NOT_REGISTERED, *air.NOT_SAID, *air.NOWHERE,
    }  # fmt: skip
    assert described <= set(catalogue())


def test_no_words_are_left_half_filled() -> None:
    for code, known in catalogue().items():
        assert known.title.said("vi", {}) and known.title.said("en", {}), code
        assert bool(known.detail.vi) == bool(known.detail.en), code
    for kind, words in wording().items():
        assert words.vi and words.en, kind


@pytest.mark.parametrize(
    ("wished", "language"),
    [("", "vi"), ("en", "en"), ("en-GB,vi;q=0.5", "en"), ("vi,en", "vi"), ("fr,en;q=0.5", "en"), ("fr", "vi")],
)
def test_the_language_is_the_callers(common: TestClient, wished: str, language: str) -> None:
    answer = common.get(f"areas/{SOMEBODY}", headers={"Accept-Language": wished})
    assert answer.headers["content-language"] == language
    assert answer.json()["title"] == getattr(problem_of("area_unknown").title, language)
    assert SOMEBODY in answer.json()["detail"] and answer.json()["area"] == SOMEBODY


@pytest.mark.parametrize(
    ("body", "field", "code", "said"),
    [
        ({}, "body.name", "missing", "Thiếu trường này."),
        ({"name": ""}, "body.name", "string_too_short", "Phải có ít nhất 1 ký tự."),
        ({"name": "x" * 201}, "body.name", "string_too_long", "Chỉ được tối đa 200 ký tự."),
        ({"name": "a\u2028b"}, "body.name", "unprintable", "Có ký tự điều khiển hoặc ký tự hỏng."),
        ({"name": "x", "latitude": 91}, "body.latitude", "less_than_equal", "Phải không quá 90.0."),
        ({"name": "x", "latitude": "9"}, "body.latitude", "float_type", "Phải là một số."),
        ({"name": "x", "who": 1}, "body.who", "extra_forbidden", "Không có trường nào tên như vậy."),
        ([], "body", "model_attributes_type", "Phải là một đối tượng JSON."),
    ],
)
def test_each_field_is_told_what_is_wrong_with_it(
    common: TestClient, body: Any, field: str, code: str, said: str
) -> None:
    answer = common.post("areas", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": field, "code": code, "said": said}]
    assert common.post("areas", json=body, headers=ENGLISH).json()["errors"][0]["said"] != said


@pytest.mark.parametrize("at", ["2026-11-23T07:00:00", "2026-11-23", 1_795_000_000, "mai", "2026-13-01T00:00:00Z"])
def test_an_instant_is_rfc3339_or_nothing(common: TestClient, at: object) -> None:
    answer = common.post("broadcasts", json={"bulletin": SOMEBODY, "areas": [SOMEBODY], "at": at})
    assert [error["code"] for error in answer.json()["errors"]] == ["not_rfc3339"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+07:00", "1999-12-31T23:59:59Z", "9999-12-31T23:59:59-07:00"])
def test_an_instant_beyond_every_calendar_is_refused_at_the_door(common: TestClient, at: str) -> None:
    answer = common.post("broadcasts", json={"bulletin": SOMEBODY, "areas": [SOMEBODY], "at": at})
    assert [error["code"] for error in answer.json()["errors"]] == ["beyond_calendar"]


def test_words_for_a_kind_that_nobody_foresaw() -> None:
    assert said_of_field("never_heard_of", {}, "en") == "The value is not valid."
    assert said_of_field("less_than_equal", {}, "vi") == "Giá trị không hợp lệ.", "a bound that was not told"


def test_only_an_address_is_not_found(common: TestClient) -> None:
    """What a body or a query names and nobody knows is 422."""
    assert common.get(f"areas/{SOMEBODY}").status_code == 404
    made = common.post("areas", json={"name": "x", "parent": SOMEBODY})
    asked = common.get("devices", params={"area": SOMEBODY})
    assert [(one.status_code, one.json()["code"]) for one in (made, asked)] == [(422, "area_unknown")] * 2


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "nothing", (404, "not_found")),
        ("GET", "../../etc/passwd", (404, "not_found")),
        ("DELETE", "areas", (405, "method_not_allowed")),
        ("GET", "areas/%00", (422, "request_invalid")),
        ("GET", "areas/1'%20OR%20'1'='1", (422, "request_invalid")),
        ("GET", "devices?limit=0", (422, "request_invalid")),
        ("GET", f"broadcasts?after={SOMEBODY}", (422, "page_unknown")),
    ],
)
def test_addresses_that_lead_nowhere(common: TestClient, method: str, path: str, expected: tuple[int, str]) -> None:
    answer = common.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == expected
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_is_asked_for_by_name(desk: ApiDesk) -> None:
    for shown in ({}, {"Authorization": "Bearer loa_x"}, {"Authorization": "Basic eA=="}, {"Authorization": "Bearer "}):
        answer = desk.client("nobody", **shown).get("areas")
        assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
        assert answer.headers["www-authenticate"] == 'Bearer realm="loa"'
    refused = desk.client("viewer").get("trust")
    assert refused.json()["detail"] == "Thiếu quyền trust.export."


@pytest.mark.parametrize("key", ["", "x" * 201, "\u00e9", "a\tb"])
def test_a_key_against_repetition_is_plain_ascii(common: TestClient, key: str) -> None:
    answer = common.post("areas", json={"name": "x"}, headers={"Idempotency-Key": key.encode("latin-1")})
    assert answer.json()["errors"][0]["field"] == "header.Idempotency-Key"


@pytest.mark.parametrize(
    ("error", "status", "code", "header"),
    [
        (DatabaseBusyError("locked"), 503, "database_busy", "retry-after"),
        (DatabaseError("malformed"), 503, "database_error", "retry-after"),
        (OSError(errno.ENOSPC, "No space", "/var/secret"), 507, "disk_full", None),
        (OSError(errno.EACCES, "Denied", "/var/secret"), 500, "internal", None),
        (RuntimeError("/var/secret"), 500, "internal", None),
        (StudioError("rendering_failed", bulletin="b"), 422, "rendering_failed", None),
        (StudioError("never_heard_of"), 422, "never_heard_of", None),
        (RequestRefused("start_in_past", start_at=1_795_000_000_000_000), 422, "start_in_past", None),
    ],
)
def test_what_fails_inside_is_named_and_nothing_else_gets_out(
    desk: ApiDesk, error: Exception, status: int, code: str, header: str | None
) -> None:
    @desk.app.get("/api/v1/fails")
    def fails() -> None:
        raise error

    with capture_logs() as lines:
        answer = desk.client().get("fails")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert header is None or header in answer.headers
    assert "secret" not in answer.text and "Traceback" not in answer.text
    number = answer.headers["x-request-id"]
    assert answer.json()["request"] == number
    assert status != 500 or [line["event"] for line in lines] == ["request_failed", "request"]


def test_instants_in_a_refusal_are_readable(client: TestClient, desk: ApiDesk) -> None:
    @desk.app.get("/api/v1/late")
    def late() -> None:
        raise RequestRefused("start_in_past", start_at=1_795_000_000_000_000)

    assert client.get("late").json()["start_at"] == "2026-11-18T11:06:40Z"
    assert client.get("late").json()["detail"] == "Giờ phát 2026-11-18T11:06:40Z đã qua."


def test_what_was_seen_never_replaces_what_is_said(client: TestClient, desk: ApiDesk) -> None:
    @desk.app.get("/api/v1/odd")
    def odd() -> None:
        raise RequestRefused("clash", status=200, type="fine", title="{0}", broadcasts=["a"], broken="\ud800" * 500)

    answer = client.get("odd")
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (409, 409, "clash")
    assert len(answer.json()["broken"]) == 200


def test_a_database_that_fails_is_seen_in_the_health(client: TestClient, desk: ApiDesk) -> None:
    assert client.get("health").json()["database"] is True
    desk.office.database.close()
    for path in desk.office.folder.glob("loa.db*"):
        path.unlink()
    (desk.office.folder / "loa.db").write_bytes(b"this is no database, however long it may be" * 100)
    answer = client.get("health")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_error")
