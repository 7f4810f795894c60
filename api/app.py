"""The REST interface over running services: rooms, refusals, and who stands at the door."""

from fastapi import FastAPI

from api.body_limit import BodyLimit
from api.description import describe
from api.errors import install
from api.journal import Journal
from api.routes import (
    air,
    air_timeline,
    alerts,
    area_calendar,
    areas,
    audio,
    audit,
    broadcasts,
    bulletins,
    calendar,
    conflicts,
    description,
    device_batch,
    devices,
    echo,
    glossary,
    groups,
    health,
    incidents,
    plans,
    preview,
    programme_files,
    programmes,
    recall,
    reports,
    security_text,
    trust,
    why,
    zones,
)
from controller.runtime import world
from controller.runtime.services import Services

PREFIX = "/api/v1"
ROOMS = (
    areas, area_calendar, echo, devices, device_batch, bulletins, recall, audio, glossary, broadcasts, programme_files,
    programmes, preview, conflicts, groups, plans, why, alerts, air, zones, air_timeline, calendar, incidents, reports,
    trust, audit, health, description,
)  # fmt: skip


def create_app(services: Services | None = None) -> FastAPI:
    """The application over running services; without any it can only describe itself."""
    app = FastAPI(
        title="Loa", version="1", summary="Bulletins for village loudspeakers, and the proof that they were heard.",
        openapi_url=None, docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.services = services
    app.add_middleware(BodyLimit)
    app.add_middleware(
        Journal, now=services.now if services else world.now, new_id=services.new_id if services else world.new_id
    )
    for room in ROOMS:
        app.include_router(room.router, prefix=PREFIX)
    app.include_router(security_text.router)
    install(app)
    describe(app)
    return app
