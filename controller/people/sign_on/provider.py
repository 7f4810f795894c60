"""What an OpenID provider says of itself: where its doors are, and by which keys it signs."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from controller.errors.entrance import SignOnUnavailable
from controller.people.sign_on.addresses import is_safe
from controller.people.sign_on.fetching import Fetch

FRESH = 3_600_000_000
"""How long what it said is believed, us."""
PAUSE = 60_000_000
"""Between two looks for a key that was not there."""
PLACE = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Doors:
    authorize: str
    token: str
    keys: str
    end_session: str | None
    signs: tuple[str, ...]
    """Algorithms by which it says that it signs."""
    names_itself: bool
    """Whether `iss` stands in its answers (RFC 9207)."""


class Provider:
    """Asked when first needed, and again after an hour. SignOnUnavailable."""

    def __init__(self, issuer: str, fetch: Fetch, now: Callable[[], int]) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._now = now
        self._lock = threading.Lock()
        self._doors: Doors | None = None
        self._keys: list[Key] = []
        self._doors_at = self._keys_at = 0

    def doors(self) -> Doors:
        with self._lock:
            if self._doors is None or self._now() - self._doors_at > FRESH:
                said = self._fetch(self.issuer.rstrip("/") + PLACE, {"Accept": "application/json"}, None)
                self._doors, self._doors_at = _doors(self.issuer, said), self._now()
            return self._doors

    def keys(self, kid: str | None) -> list[Key]:
        """Those of this name, or all where the token names none; an unknown name is looked for again."""
        doors = self.doors()
        with self._lock:
            age = self._now() - self._keys_at
            if age > FRESH or (not _named(self._keys, kid) and age > PAUSE):
                said = self._fetch(doors.keys, {"Accept": "application/json"}, None)
                self._keys, self._keys_at = _public_keys(said), self._now()
            return _named(self._keys, kid)


def _doors(issuer: str, said: Mapping[str, Any]) -> Doors:
    urls = [said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if said.get("issuer") != issuer or not all(map(is_safe, urls)):
        raise SignOnUnavailable()
    end = said.get("end_session_endpoint")
    signs = said.get("id_token_signing_alg_values_supported")
    return Doors(
        str(urls[0]), str(urls[1]), str(urls[2]), str(end) if is_safe(end) else None,
        tuple(filter(lambda name: isinstance(name, str), signs)) if isinstance(signs, list) else (),
        said.get("authorization_response_iss_parameter_supported") is True,
    )  # fmt: skip


def _public_keys(said: Mapping[str, Any]) -> list[Key]:
    """Those that can only be public: a secret that both sides know proves nothing."""
    rows = [row for row in said.get("keys", ()) if isinstance(row, dict)] if isinstance(said.get("keys"), list) else []
    rows = [row for row in rows if row.get("kty") in {"RSA", "EC", "OKP"} and row.get("use", "sig") == "sig"]
    try:
        return list(KeySet.import_key_set({"keys": rows}).keys)
    except (JoseError, ValueError, TypeError) as error:
        raise SignOnUnavailable() from error


def _named(keys: list[Key], kid: str | None) -> list[Key]:
    return [key for key in keys if kid is None or key.kid == kid]
