"""Which right each route asks for: walked by a test, so that no route is forgotten."""

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.deps import PERMISSION


def permissions_of(app: FastAPI) -> dict[str, str | None]:
    """`METHOD path` to the right that it asks for, `public`, or None where none is declared."""
    return {
        f"{method} {route.path}": _found(route.dependant)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    }


def _found(dependant: Dependant) -> str | None:
    own = getattr(dependant.call, PERMISSION, None)
    return own or next(filter(None, map(_found, dependant.dependencies)), None)
