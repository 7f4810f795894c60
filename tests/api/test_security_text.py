"""Whom to tell about a weakness, for everybody to read."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.app import create_app
from controller.settings import SecuritySettings
from tests.fakes.desk import ApiDesk

ADDRESS = "http://loa.test/.well-known/security.txt"


def test_it_names_the_contact_and_when_it_is_stale(desk: ApiDesk) -> None:
    security = SecuritySettings(contact="mailto:an-ninh@xa.example.vn")
    services = replace(desk.services, settings=desk.settings.model_copy(update={"security": security}))
    answer = TestClient(create_app(services)).get(ADDRESS)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert said["Contact"] == "mailto:an-ninh@xa.example.vn" and said["Preferred-Languages"] == "vi, en"
    ends = datetime.fromisoformat(said["Expires"])
    assert timedelta(days=170) < ends - datetime.now(ends.tzinfo) < timedelta(days=366)


def test_without_a_contact_there_is_none(desk: ApiDesk) -> None:
    assert desk.client("nobody").get(ADDRESS).status_code == 404


@pytest.mark.parametrize("contact", ["an-ninh@xa.vn", "mailto:a\nX: y", "javascript:alert(1)", ""])
def test_what_is_no_contact_is_refused(contact: str) -> None:
    with pytest.raises(ValidationError):
        SecuritySettings(contact=contact)
