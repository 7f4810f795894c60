"""Refusals become problem+json (RFC 9457) here, once, in the caller's language."""

import errno
from collections.abc import Mapping
from typing import Any, Protocol

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.console.pages import error_page, retry_after
from api.problems import MEDIA_TYPE, Language, Problem, problem_of, said_of_field
from api.timestamps import to_rfc3339
from controller.db import DatabaseError
from controller.errors.base import LoaError
from controller.library.studio import StudioError
from controller.reach.sight import Sight
from controller.reach.veil import VEILED, veiled_data
from devices.errors import DeviceError
from scheduler.errors import SchedulerError

log = structlog.get_logger()

MOST_FIELDS = 20
LONGEST_SEEN = 200
INTERFACE = "/api/"
"""What is not below it are pages for people."""
_HEADERS = {401: {"WWW-Authenticate": 'Bearer realm="loa"'}, 503: {"Retry-After": "2"}}
_BY_STATUS = {400: "body_unreadable", 404: "not_found", 405: "method_not_allowed"}


class Coded(Protocol):
    """A refusal of any package: `code` is in the catalogue, `data` is what the caller may see."""

    code: str
    data: Any


class RequestRefused(Exception):
    """What only the interface itself can refuse; `code` is one of the catalogue."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data


def install(app: FastAPI) -> None:
    """Every refusal of every package has its answer; what is unforeseen is the journal's."""
    for kind in (LoaError, DeviceError, SchedulerError, RequestRefused):
        app.add_exception_handler(kind, _coded)
    app.add_exception_handler(StudioError, _unsound)
    app.add_exception_handler(DatabaseError, _database)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OSError, _system)


def language_of(request: Request) -> Language:
    """Vietnamese unless English stands before it in Accept-Language."""
    wished = [part.split(";")[0].strip().lower()[:2] for part in request.headers.get("accept-language", "").split(",")]
    return "en" if next((found for found in wished if found in {"vi", "en"}), "vi") == "en" else "vi"


def refusal(request: Request, error: Coded, seen: Mapping[str, Any] | None = None) -> Response:
    """The answer to a refusal. What a body names and nobody knows is 422: only an address is "not found".

    `seen`: what the caller may see of its data, if that is not all.
    """
    known = problem_of(error.code)
    if known.status == 404 and not set(request.path_params.values()) & set(error.data.values()):
        known = Problem(422, known.title, known.detail)
    return _answer(request, error.code, known, error.data if seen is None else seen)


def refused_body(error: ValidationError) -> RequestValidationError:
    """A body that was read by hand is refused like any other."""
    found = error.errors(include_url=False, include_input=False)
    return RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found])


def unforeseen(request: Request) -> Response:
    """Something of ours failed: the caller learns the number under which it stands in the log, and no more."""
    return _answer(request, "internal", problem_of("internal"), {})


async def _coded(request: Request, error: Any) -> Response:
    if error.code in VEILED and not isinstance(error, RequestRefused):
        return refusal(request, error, await run_in_threadpool(_veiled, request, error))
    return refusal(request, error)


def _veiled(request: Request, error: Any) -> Mapping[str, Any]:
    """What it names, as far as who asked may see it; nobody is told anything."""
    if (caller := getattr(request.state, "caller", None)) is None:
        return {}
    with request.app.state.services.database.read() as session:
        return veiled_data(Sight(session, caller), error)


async def _unsound(request: Request, error: Any) -> Response:
    """A bulletin that failed in the studio is a settled fact, not a failure of this request."""
    known = problem_of(error.code)
    return _answer(request, error.code, Problem(422, known.title, known.detail), error.data)


async def _database(request: Request, error: Any) -> Response:
    log.error("database_refused", code=error.code)
    return _answer(request, error.code, problem_of(error.code), {})


async def _invalid(request: Request, error: Any) -> Response:
    language, found = language_of(request), error.errors()
    if found and found[0]["type"] == "json_invalid":
        return _answer(request, "body_unreadable", problem_of("body_unreadable"), {})
    fields = [
        {
            "field": ".".join(map(_shortened, one["loc"])), "code": one["type"],
            "said": said_of_field(one["type"], one.get("ctx", {}), language),
        }
        for one in found[:MOST_FIELDS]
    ]  # fmt: skip
    return _answer(request, "request_invalid", problem_of("request_invalid"), {"errors": fields})


async def _http(request: Request, error: Any) -> Response:
    code = _BY_STATUS.get(error.status_code, "internal")
    answer = _answer(request, code, problem_of(code), {})
    answer.headers.update(error.headers or {})
    return answer


async def _system(request: Request, error: Any) -> Response:
    if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
        raise error
    log.error("disk_full")
    return _answer(request, "disk_full", problem_of("disk_full"), {})


def _answer(request: Request, code: str, known: Problem, data: Mapping[str, Any]) -> Response:
    """Problem+json, or for a browser that is on our pages a page."""
    if not request.url.path.startswith(INTERFACE) and "text/html" in request.headers.get("accept", ""):
        return error_page(request, code, known, data)
    language = language_of(request)
    seen = {name: _plain(name, value) for name, value in data.items() if value is not None}
    body = seen | {
        "type": f"urn:loa:problem:{code}", "code": code, "status": known.status,
        "title": known.title.said(language, {}), "request": getattr(request.state, "request_id", None),
    }  # fmt: skip
    if detail := known.detail.said(language, seen):
        body["detail"] = detail
    headers = (
        {"Content-Language": language, "Vary": "Accept-Language"} | _HEADERS.get(known.status, {}) | retry_after(data)
    )
    return JSONResponse(body, known.status, media_type=MEDIA_TYPE, headers=headers)


def _plain(name: str, value: Any) -> Any:
    """Instants as RFC 3339; what a caller wrote no longer than needs be, and always encodable."""
    if name.endswith("_at") and isinstance(value, int):
        return to_rfc3339(value)
    return _shortened(value) if isinstance(value, str) else value


def _shortened(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode("utf-8")[:LONGEST_SEEN]
