"""The interface described for programs: OpenAPI, with what the framework cannot see by itself."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.bulletins import TextWish
from api.problems import ProblemShown

ABOUT = """
Times are RFC 3339: any offset in, UTC out. Ids are lower-case UUIDs. Every POST takes an `Idempotency-Key`: the
same key with the same request is carried out once and answered with the same thing. Refusals are
`application/problem+json`, in Vietnamese or, by `Accept-Language`, in English; programs read `code`. From a browser
in which a person has logged in, every change needs the proof of our page in `X-CSRF-Token`.
"""
READ_BY_HAND = (ProblemShown, TextWish)
"""Models that routes read or write without the framework's help."""


def describe(app: FastAPI) -> None:
    """Let `app.openapi()` tell all; built once, when first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, summary=app.summary, description=ABOUT, routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )  # fmt: skip
    _, found = models_json_schema(
        [(model, "validation") for model in READ_BY_HAND], ref_template="#/components/schemas/{model}"
    )
    schema["components"]["schemas"] |= found["$defs"]
    return schema
