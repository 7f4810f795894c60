"""Which right each route asks for: walked by a test, so that no route is forgotten."""

from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.app import ROOMS, VIEWS
from api.deps import PERMISSION, PREFIX


def permissions() -> dict[str, str | None]:
    """`METHOD path` of the interface to the right that it asks for, `public`, or None where none is declared."""
    return _declared(PREFIX, [room.router for room in ROOMS])


def page_permissions() -> dict[str, str | None]:
    """The same of the pages; `own`: everybody who is logged in, for what is theirs."""
    return _declared("", [view.router for view in VIEWS])


def _declared(prefix: str, routers: Iterable[APIRouter]) -> dict[str, str | None]:
    return {
        f"{method} {prefix}{route.path}": _found(route.dependant)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    }


def _found(dependant: Dependant) -> str | None:
    own: str | None = getattr(dependant.call, PERMISSION, None)
    return own or next(filter(None, map(_found, dependant.dependencies)), None)
