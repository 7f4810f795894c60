"""To the provider and back: what is asked, what the browser keeps meanwhile, and who comes home."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from controller.errors.entrance import LogInBusy, SignOnRefused
from controller.people.entrance.sealing import Sealer
from controller.people.entrance.tokens import Entropy, make_token, same
from controller.people.sign_on.fetching import Fetch
from controller.people.sign_on.identity import Expected, Identity, identity_of
from controller.people.sign_on.provider import Provider

SCOPE = "openid profile email"
LIFE = 10 * 60 * 1_000_000
"""From the way there to the way back, us."""
PURPOSE = "way to the provider"
SEATS = 4
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Client:
    """Who we are at the provider. `invited_by`: what finds an invited person who comes for the first time."""

    id: str
    secret: str | None
    name: str
    """Of the provider, on the button."""
    invited_by: Literal["nothing", "email", "username"]


@dataclass(frozen=True)
class SignOn:
    """A provider, and us as its client."""

    provider: Provider
    client: Client
    fetch: Fetch
    sealer: Sealer
    entropy: Entropy
    now: Callable[[], int]
    seats: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(SEATS))

    def start(self, back: str) -> tuple[str, str]:
        """Where to send the browser, and what it keeps, sealed, until it comes `back`. SignOnUnavailable."""
        with self._seat():
            door = self.provider.doors().authorize
        state, nonce, verifier = (make_token(self.entropy) for _ in range(3))
        kept = json.dumps({"state": state, "nonce": nonce, "verifier": verifier, "until": self.now() + LIFE})
        url: str = prepare_grant_uri(
            door, self.client.id, "code", redirect_uri=back, scope=SCOPE, state=state,
            nonce=nonce, code_challenge=create_s256_code_challenge(verifier), code_challenge_method="S256",
        )  # fmt: skip
        return url, self.sealer.seal(PURPOSE, kept.encode("utf-8"))

    def finish(self, said: Mapping[str, str], kept: str, back: str) -> Identity:
        """Who came back with what the provider `said`. SignOnRefused, SignOnUnavailable."""
        way = self._way(kept)
        if not same(said.get("state", ""), way["state"]):
            raise SignOnRefused(why="state")
        with self._seat():
            return self._found(said, way, back)

    def _found(self, said: Mapping[str, str], way: Mapping[str, Any], back: str) -> Identity:
        doors = self.provider.doors()
        if said.get("iss", None if doors.names_itself else self.provider.issuer) != self.provider.issuer:
            raise SignOnRefused(why="issuer")
        if "code" not in said:
            raise SignOnRefused(why="denied")
        answer = self._redeem(doors.token, said["code"], way["verifier"], back)
        expected = Expected(self.provider.issuer, self.client.id, way["nonce"], doors.signs)
        return identity_of(answer, self.provider.keys, expected, self.now())

    def farewell(self, home: str) -> str | None:
        """Where a browser also logs out at the provider, if it has such a door."""
        with self._seat():
            door = self.provider.doors().end_session
        if door is None:
            return None
        url: str = add_params_to_uri(door, [("client_id", self.client.id), ("post_logout_redirect_uri", home)])
        return url

    @contextmanager
    def _seat(self) -> Iterator[None]:
        """A provider that does not answer keeps a few waiting, not everybody's threads."""
        if not self.seats.acquire(blocking=False):
            raise LogInBusy()
        try:
            yield
        finally:
            self.seats.release()

    def _way(self, kept: str) -> Mapping[str, Any]:
        content = self.sealer.unseal(PURPOSE, kept)
        if content is None:
            raise SignOnRefused(why="state")
        way: Mapping[str, Any] = json.loads(content)
        if way["until"] <= self.now():
            raise SignOnRefused(why="late")
        return way

    def _redeem(self, door: str, code: str, verifier: str, back: str) -> Mapping[str, Any]:
        body = prepare_token_request("authorization_code", redirect_uri=back, code=code, code_verifier=verifier)
        shown = ClientAuth(self.client.id, self.client.secret, "client_secret_basic" if self.client.secret else "none")
        headers: dict[str, str] = {"Accept": "application/json", "Content-Type": FORM}
        _, headers, body = shown.prepare("POST", door, headers, body)
        return self.fetch(door, headers, body.encode("utf-8"))
