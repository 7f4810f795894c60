"""The REST interface over running services: rooms, refusals, and who stands at the door."""

from fastapi import APIRouter, FastAPI

from api.body_limit import BodyLimit
from api.console.views import account, code, files, home, language, links, log_in, password, second_factor, sign_on
from api.deps import PREFIX
from api.description import describe
from api.doorstep import Doorstep
from api.errors import install
from api.headers import worn
from api.journal import Journal
from api.routes import (
    air,
    air_timeline,
    alerts,
    approvals,
    area_calendar,
    area_changes,
    areas,
    audio,
    audit,
    broadcasts,
    bulletins,
    calendar,
    claim_codes,
    conflicts,
    description,
    device_batch,
    device_import,
    device_status,
    devices,
    echo,
    enrolments,
    glossary,
    groups,
    health,
    incidents,
    keys,
    people,
    plans,
    policy,
    preview,
    programme_files,
    programmes,
    recall,
    reports,
    roles,
    security_text,
    trust,
    why,
    zones,
)
from controller.runtime import world
from controller.runtime.services import Services
from controller.settings import ApiSettings

ROOMS = (
    areas, area_changes, area_calendar, echo, devices, device_batch, device_import, device_status, claim_codes,
    enrolments, bulletins, recall, audio, glossary, broadcasts, programme_files, programmes, preview, conflicts, groups,
    plans, why, alerts, air, zones, air_timeline, calendar, incidents, reports, trust, people, roles, keys, approvals,
    policy, audit, health, description,
)  # fmt: skip
VIEWS = (home, log_in, sign_on, links, account, password, second_factor, code, language, files)
"""The pages for people."""


def _doors() -> APIRouter:
    doors = APIRouter()
    for room in ROOMS:
        doors.include_router(room.router, prefix=PREFIX)
    for view in VIEWS:
        doors.include_router(view.router, include_in_schema=False)
    doors.include_router(security_text.router)
    return doors


ROUTES = tuple(_doors().routes)
"""Those of every application of this process: what the framework works out of them when they are asked first, about a
third of a second's work, is worked out once."""


def create_app(services: Services | None = None) -> FastAPI:
    """The application over running services; without any it can only describe itself."""
    app = FastAPI(
        title="Loa", version="1", summary="Bulletins for village loudspeakers, and the proof that they were heard.",
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, routes=list(ROUTES),
    )  # fmt: skip
    app.state.services = services
    app.add_middleware(BodyLimit)
    app.add_middleware(Doorstep)
    settings = services.settings.api if services else ApiSettings()
    app.add_middleware(
        Journal, now=services.now if services else world.now, new_id=services.new_id if services else world.new_id,
        headers=worn(settings.tls), proxies=settings.proxies,
    )  # fmt: skip
    install(app)
    describe(app)
    return app


def warm_up(app: FastAPI) -> None:
    """Have all routes worked out, so that whoever asks first, perhaps for an alert, does not wait for that."""
    nowhere = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}
    for route in app.router.routes:
        route.matches(nowhere)
