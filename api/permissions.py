"""Which right each route asks for: walked by a test, so that no route is forgotten."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.app import ROOMS
from api.deps import PERMISSION, PREFIX


def permissions() -> dict[str, str | None]:
    """`METHOD path` to the right that it asks for, `public`, or None where none is declared."""
    return {
        f"{method} {PREFIX}{route.path}": _found(route.dependant)
        for route in _routes()
        for method in sorted(route.methods or ())
    }


def _routes() -> Iterator[APIRoute]:
    for room in ROOMS:
        yield from (route for route in room.router.routes if isinstance(route, APIRoute))


def _found(dependant: Dependant) -> str | None:
    own: str | None = getattr(dependant.call, PERMISSION, None)
    return own or next(filter(None, map(_found, dependant.dependencies)), None)
