"""The one place where pages are made: template, words, the proof that its forms carry, and its headers."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.console.words import tongue_of
from api.cookies import Kind, cookie_of, give
from api.csrf import FIELD, proof_of
from api.headers import PAGE
from api.problems import Problem, problem_of
from controller.errors.base import LoaError
from controller.people.entrance.tokens import make_token

AFTER_LOG_IN = "/"
STYLE, SIGN = "loa.css", "loa.svg"


def page(
    request: Request, name: str, values: Mapping[str, object], *, status: int = 200, token: str | None = None
) -> Response:
    """A template, filled. A browser that has no cookie of ours yet gets one for its visit.

    `token`: of the session that has just begun, where the browser does not show it yet.
    """
    services = request.app.state.services
    kind: Kind = "session" if token or cookie_of(request, "session") else "visit"
    visit = None if kind == "session" or cookie_of(request, "visit") else make_token(services.entropy)
    fresh = token or visit
    proof = services.entrance.sealer.proof(kind, fresh) if fresh else proof_of(request, services, kind)
    tongue = tongue_of(request)
    seen = {"refused": None, "who": None, "t": tongue, "csrf": proof, "path": request.url.path, "style": style()}
    field = Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, proof)
    text = _templates().get_template(f"{name}.html").render({**seen, "proof": field, **values})
    answer = HTMLResponse(text, status, headers=PAGE)
    answer.headers["Content-Language"] = tongue.language
    if visit:
        give(request, answer, "visit", visit)
    return answer


def again(request: Request, name: str, error: LoaError, values: Mapping[str, object]) -> Response:
    """The same page with what was wrong."""
    known = problem_of(error.code)
    told = {"refused": said_of(request, known, error.data), **values}
    answer = page(request, name, told, status=known.status)
    answer.headers.update(retry_after(error.data))
    return answer


def error_page(request: Request, code: str, known: Problem, data: Mapping[str, Any]) -> Response:
    """What went wrong, in words; who is not logged in is led to where that can be mended."""
    if code == "session_over" and request.method == "GET":
        return RedirectResponse("/login?next=" + quote(request.url.path), 303)
    told = {"refused": said_of(request, known, data), "number": getattr(request.state, "request_id", "")}
    answer = page(request, "message", told, status=known.status)
    answer.headers.update(retry_after(data))
    return answer


def said_of(request: Request, known: Problem, data: Mapping[str, Any]) -> tuple[str, str]:
    """Title and detail of a refusal."""
    language = tongue_of(request).language
    return known.title.said(language, {}) or "", known.detail.said(language, data) or ""


def retry_after(data: Mapping[str, Any]) -> dict[str, str]:
    return {"Retry-After": str(data["retry_after_s"])} if "retry_after_s" in data else {}


@cache
def style() -> str:
    """The address of our style sheet, which changes when it does."""
    return f"/static/{STYLE}?v={sha256(served_file(STYLE)).hexdigest()[:12]}"


@cache
def served_file(name: str) -> bytes:
    return files("api.console").joinpath("static", name).read_bytes()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("api.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
