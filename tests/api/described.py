"""The interface as it describes itself, worked out once for all tests of a process."""

from functools import cache
from typing import Any

from api.app import create_app


@cache
def description() -> dict[str, Any]:
    return create_app().openapi()


def described() -> set[str]:
    """Every door as `GET /api/v1/...`."""
    return {f"{method.upper()} {path}" for path, item in description()["paths"].items() for method in item}
