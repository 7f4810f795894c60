"""The REST interface: routes, refusals and the headers that every answer carries."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI, Request, Response

from api.body_limit import BodyLimit
from api.errors import install
from api.routes import alerts, areas, broadcasts, bulletins, devices, glossary, health, incidents, trust
from controller.runtime import world
from controller.runtime.services import Services

log = structlog.get_logger()

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PREFIX = "/api/v1"
ROOMS = (areas, devices, bulletins, glossary, broadcasts, alerts, incidents, trust, health)


def create_app(services: Services | None = None) -> FastAPI:
    """The application over running services; without any it can only describe itself."""
    app = FastAPI(
        title="Loa", version="1", summary="Bulletins for village loudspeakers, and the proof that they were heard.",
        openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.services = services
    app.middleware("http")(_dressed)
    app.add_middleware(BodyLimit)
    for room in ROOMS:
        app.include_router(room.router, prefix=PREFIX)
    install(app)
    return app


async def _dressed(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Common headers, and one line in the log: no query, no header, no body."""
    began = world.monotonic()
    response = await answer(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    route = request.scope.get("route")
    log.info(
        "request", method=request.method, route=getattr(route, "path", "none"), status=response.status_code,
        ms=round((world.monotonic() - began) * 1_000, 1), who=getattr(request.state, "who", None),
    )  # fmt: skip
    return response
