"""The counter at which speakers join and renew: the office's two public routes, over HTTP."""

from pathlib import Path
from typing import Any

import httpx

from devices.protocol.keys import SigningKey, VerifyKey
from firmware_sim.certificate import Papers, certificate_request, renewal_request
from firmware_sim.errors import NotLetIn
from firmware_sim.identity import Birth, Identity, write_identity

TIMEOUT_S = 30.0


class Counter:
    """`api`: where the office is, `http[s]://host:port`. NotLetIn says why somebody was not let in."""

    def __init__(self, api: str) -> None:
        self._http = httpx.Client(base_url=f"{api}/api/v1", timeout=TIMEOUT_S, trust_env=False)

    def join(self, code: str, key: SigningKey, folder: Path, root: str = "") -> Identity:
        """Join by a claim code, and keep what the office answers in `folder/{device}`.

        `root`: the key id that stood in the QR code; another root's answer is not believed.
        """
        said = {"code": code, "public_key": key.verify_key.public, "csr": certificate_request(key)}
        answer = self._ask("/enrolments", said)
        birth = Birth(**answer["birth"], name=answer["name"])
        if root and VerifyKey(birth.root).id != root:
            raise NotLetIn(why="another_root")
        identity = Identity(birth, key)
        identity.born_trust()
        _papers(answer).write(folder / identity.device)
        write_identity(folder / identity.device, identity)
        return identity

    def renew(self, identity: Identity, folder: Path, now: int) -> None:
        """Get the certificate for a speaker that is registered, or its next one."""
        _papers(self._ask("/enrolments/renewals", {"request": renewal_request(identity, now)})).write(folder)

    def close(self) -> None:
        self._http.close()

    def _ask(self, path: str, said: dict[str, str]) -> dict[str, Any]:
        try:
            answer = self._http.post(path, json=said)
            found: dict[str, Any] = answer.json()
        except (httpx.TransportError, ValueError) as error:
            raise NotLetIn(why="unreachable") from error
        if answer.is_error:
            raise NotLetIn(why=str(found.get("code")), retry_after_s=found.get("retry_after_s"))
        return found


def _papers(answer: dict[str, Any]) -> Papers:
    return Papers(answer["certificate"], answer["authority"])
