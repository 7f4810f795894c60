"""The one way by which anything is fetched from an OpenID provider."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from controller.errors.entrance import SignOnUnavailable
from controller.errors.machine import OutwardFailed, OutwardRefused
from controller.net.outward import Bounds, Outward

Fetch = Callable[[str, Mapping[str, str], bytes | None], Mapping[str, Any]]
"""URL, headers, and the body of a POST (None: a GET) to the JSON object of the answer. SignOnUnavailable."""

SECONDS = 5.0
MOST = 256 * 1024


def fetch_through(door: Outward) -> Fetch:
    """By the one door to the outside: no redirects, no proxies of the environment, few seconds and bytes."""
    bounds = Bounds(seconds=SECONDS, most_bytes=MOST, redirects=0)

    def fetch(url: str, headers: Mapping[str, str], body: bytes | None) -> Mapping[str, Any]:
        try:
            answer = door.fetch(url, headers=headers, body=body, bounds=bounds)
            found = json.loads(answer.body)
        except (OutwardRefused, OutwardFailed, ValueError, RecursionError) as error:
            raise SignOnUnavailable() from error
        if answer.status != 200 or not isinstance(found, dict):
            raise SignOnUnavailable()
        return found

    return fetch
