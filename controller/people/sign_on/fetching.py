"""The one way by which anything is fetched from an OpenID provider."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from controller.errors import SignOnUnavailable

Fetch = Callable[[str, Mapping[str, str], bytes | None], Mapping[str, Any]]
"""URL, headers, and the body of a POST (None: a GET) to the JSON object of the answer. SignOnUnavailable."""

SECONDS = 5.0
MOST = 256 * 1024


def fetch(url: str, headers: Mapping[str, str], body: bytes | None) -> Mapping[str, Any]:
    """No redirects, no proxies of the environment; not silent for long, and no more than so many bytes."""
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("GET" if body is None else "POST", url, headers=dict(headers), content=body) as answer,
        ):
            found = json.loads(_read(answer))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise SignOnUnavailable() from error
    if answer.status_code != 200 or not isinstance(found, dict):
        raise SignOnUnavailable()
    return found


def _read(answer: httpx.Response) -> bytes:
    whole = b""
    for piece in answer.iter_bytes():
        whole += piece
        if len(whole) > MOST:
            raise ValueError("too long")
    return whole
