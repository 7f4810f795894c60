"""One line a request, found again by its number, and no secret in any of them."""

import json
import logging

import pytest
import structlog
from sqlalchemy import text
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from controller.db import DatabaseError
from tests.fakes.desk import ApiDesk, Place

SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def test_a_line_names_the_route_not_the_address(client: TestClient, place: Place) -> None:
    with capture_logs() as lines:
        answer = client.get(f"areas/{place.area}?token=hush")
    (line,) = lines
    assert line["route"] == "/areas/{area}" and line["method"] == "GET" and line["status"] == 200
    assert line["who"] == "administrator" and line["origin"] == "testclient" and line["ms"] >= 0
    assert "hush" not in str(line) and place.area not in str(line)
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "health"), ("GET", "areas"), ("GET", "x"), ("DELETE", "areas"), ("POST", "areas")]
)
def test_every_answer_wears_the_headers(client: TestClient, desk: ApiDesk, method: str, path: str) -> None:
    for caller in (client, desk.client("nobody")):
        answer = caller.request(method, path)
        assert SAFE.items() <= dict(answer.headers).items()
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_no_key_text_or_number_of_a_caller_gets_into_the_log(
    client: TestClient, desk: ApiDesk, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [*desk.keys.values(), "Bí mật", "once-1", "file-name", "loa_wrong"]
    with capture_logs() as lines:
        client.post("bulletins", json={"title": "Bí mật", "text": "Bí mật"}, headers={"Idempotency-Key": "once-1"})
        client.post("bulletins", data={"title": "Bí mật"}, files={"file": ("file-name\nforged line", b"RIFF")})
        client.post("alerts", json={"text": "Bí mật", "areas": [place.area], "expires_in_s": 60})
        client.post("areas", json={"name": ["Bí mật"]})
        client.get("areas/Bí mật%0Aforged line", params={"key": desk.keys["viewer"]})
        desk.client("nobody", Authorization="Bearer loa_wrong").get("areas")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    said = json.dumps([*lines, *ours], ensure_ascii=False, default=str)
    assert len(lines) == 6 and not [secret for secret in secrets if secret in said] and "forged" not in said


def test_an_error_in_a_statement_shows_no_parameters(desk: ApiDesk) -> None:
    with pytest.raises(DatabaseError, match="no such table") as failed, desk.office.database.read() as session:
        session.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "Bí mật"})
    assert "Bí mật" not in str(failed.value.__cause__)


def test_a_failure_is_found_by_the_number_that_the_caller_was_given(desk: ApiDesk) -> None:
    @desk.app.get("/api/v1/fails")
    def fails() -> None:
        raise RuntimeError

    seen: list[str] = []

    def note(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        seen.append(event["request"])
        raise structlog.DropEvent

    kept = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, note], cache_logger_on_first_use=False)
    try:
        answer = desk.client().get("fails")
    finally:
        structlog.configure(**kept)
    assert set(seen) == {answer.headers["x-request-id"]} and len(seen) == 2


def test_a_caller_who_leaves_is_no_failure(desk: ApiDesk) -> None:
    @desk.app.get("/api/v1/gone")
    def gone() -> None:
        raise ClientDisconnect

    with capture_logs() as lines:
        desk.client().get("gone")
    assert [(line["event"], line["status"]) for line in lines] == [("request", 499)]
