"""Refusals become problem+json (RFC 9457) here, once, in the caller's language."""

import errno
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from api.problems import Problem, problem_of
from controller.db import DatabaseError
from controller.errors import LoaError
from controller.library.studio import StudioError
from devices.errors import DeviceError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = {"Retry-After": "2"}
_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 415: "unsupported_media_type"}


class RequestRefused(Exception):
    """What only the interface itself can refuse; `code` is one of the catalogue."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data


def problem(request: Request, code: str, known: Problem, data: Mapping[str, Any], **headers: str) -> JSONResponse:
    """The answer to a refusal: title in the caller's language, and what was seen."""
    title = known.en if wants_english(request) else known.vi
    seen = {name: value for name, value in data.items() if value is not None}
    body = {"type": f"urn:loa:problem:{code}", "code": code, "status": known.status, "title": title} | seen
    return JSONResponse(body, known.status, media_type=MEDIA_TYPE, headers=headers)


def wants_english(request: Request) -> bool:
    """Vietnamese unless English stands before it in Accept-Language."""
    wished = [part.split(";")[0].strip().lower()[:2] for part in request.headers.get("accept-language", "").split(",")]
    return next((language for language in wished if language in {"vi", "en"}), "vi") == "en"


def install(app: FastAPI) -> None:
    """Every refusal of every package has its answer."""
    for kind in (LoaError, DeviceError, RequestRefused, StudioError):
        app.add_exception_handler(kind, _coded)
    app.add_exception_handler(DatabaseError, _database)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OSError, _system)
    app.add_exception_handler(Exception, _unforeseen)


def _coded(request: Request, error: Any) -> JSONResponse:
    known = problem_of(error.code)
    headers = {"WWW-Authenticate": "Bearer"} if known.status == 401 else {}
    return problem(request, error.code, known, error.data, **headers)


def _database(request: Request, error: Any) -> JSONResponse:
    log.error("database_refused", code=error.code)
    return problem(request, error.code, problem_of(error.code), {}, **RETRY_AFTER)


def _invalid(request: Request, error: Any) -> JSONResponse:
    fields = [{"field": ".".join(map(str, found["loc"])), "said": _said(found["msg"])} for found in error.errors()]
    return problem(request, "request_invalid", problem_of("request_invalid"), {"errors": fields[:50]})


def _said(text: object) -> str:
    return str(text).encode("utf-8", "replace").decode()[:300]


def _http(request: Request, error: Any) -> JSONResponse:
    code = _BY_STATUS.get(error.status_code, "request_invalid")
    known = problem_of(code)
    return problem(request, code, Problem(error.status_code, known.vi, known.en), {}, **(error.headers or {}))


def _system(request: Request, error: Any) -> JSONResponse:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return problem(request, "disk_full", problem_of("disk_full"), {})
    return _unforeseen(request, error)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", path=request.url.path[:200], exc_info=error)
    return problem(request, "internal", problem_of("internal"), {})
