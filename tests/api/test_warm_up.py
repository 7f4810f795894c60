"""The first request after a start may be an emergency's: nothing is left to be worked out for it."""

from collections.abc import Callable

import fastapi.routing
import pytest
from fastapi import FastAPI
from starlette.routing import Match

from api import app as module
from api.app import PREFIX, create_app, warm_up

ALERT = {"type": "http", "method": "POST", "path": f"{PREFIX}/alerts", "root_path": "", "headers": []}


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """An application of which nothing has been asked yet."""
    monkeypatch.setattr(module, "ROUTES", tuple(module._doors().routes))
    return create_app()


@pytest.fixture
def nothing_more(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, working out a route fails."""

    def worked_out(*_: object, **__: object) -> None:
        raise AssertionError("a route is worked out while somebody waits")

    return lambda: monkeypatch.setattr(fastapi.routing, "get_dependant", worked_out)


def found(app: FastAPI) -> bool:
    return any(route.matches(ALERT)[0] is Match.FULL for route in app.router.routes)


def test_a_first_alert_finds_its_door_ready(fresh: FastAPI, nothing_more: Callable[[], None]) -> None:
    warm_up(fresh)
    nothing_more()
    assert found(fresh)


def test_without_that_the_first_caller_waits_for_it(fresh: FastAPI, nothing_more: Callable[[], None]) -> None:
    nothing_more()
    with pytest.raises(AssertionError, match="somebody waits"):
        found(fresh)


def test_a_second_application_of_a_process_shares_what_was_worked_out(
    fresh: FastAPI, nothing_more: Callable[[], None]
) -> None:
    warm_up(fresh)
    nothing_more()
    assert found(create_app())
