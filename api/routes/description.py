"""What can be asked here: for programs as OpenAPI, for people as one plain page without scripts."""

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse

from api.deps import public

router = APIRouter(tags=["description"])

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{font:14px/1.4 ui-monospace,monospace;background:#f2f2f2;padding:.1rem .3rem;overflow-wrap:anywhere}"
    "pre{padding:.6rem;white-space:pre-wrap}h2{border-top:1px solid #ccc;padding-top:1rem}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}code,pre{background:#222}a{color:#9cf}}"
)
METHODS = ("get", "post", "put")


@router.get("/openapi.json", dependencies=[Depends(public)])
def openapi(request: Request) -> JSONResponse:
    """This interface as OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", dependencies=[Depends(public)], response_class=HTMLResponse)
def page(request: Request) -> HTMLResponse:
    """This interface as a page for people."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    return HTMLResponse("\n".join(_page(request.app.openapi())), headers={"Content-Security-Policy": policy})


def _page(schema: dict[str, Any]) -> Iterator[str]:
    info = schema["info"]
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
    yield f"<h1>{escape(info['title'])} API</h1>"
    yield f"<p>{escape(info['summary'])}</p><p>{escape(info['description'])}</p>"
    yield '<p>For programs: <a href="openapi.json">openapi.json</a>. Show your key as'
    yield "<code>Authorization: Bearer loa_…</code></p>"
    for path, item in schema["paths"].items():
        for method in (method for method in METHODS if method in item):
            yield from _operation(schema, path, method, item[method])


def _operation(schema: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(said.get('description', ''))}</p><ul>"
    for one in said.get("parameters", ()):
        yield f"<li><code>{escape(one['name'])}</code> ({one['in']}) {escape(one.get('description', ''))}</li>"
    yield "</ul>"
    for example in _examples(schema, said):
        yield f"<p>For example</p><pre>{escape(example)}</pre>"
    answers = (
        f"<li><code>{status}</code> {escape(one['description'])}</li>" for status, one in said["responses"].items()
    )
    yield "<ul>" + "".join(answers) + "</ul>"


def _examples(schema: dict[str, Any], said: dict[str, Any]) -> Iterator[str]:
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    model = schema["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], {})
    for example in model.get("examples", ()):
        yield json.dumps(example, ensure_ascii=False)
