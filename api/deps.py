"""What handlers are handed: the services, who asks, and in which language to answer."""

import hashlib
from collections.abc import Callable
from typing import Annotated, cast

from fastapi import Depends, Header, Request
from fastapi.security import APIKeyQuery, HTTPAuthorizationCredentials, HTTPBearer

from controller.people.api_keys import require, require_in_address
from controller.people.audit import Act
from controller.people.permissions import Action
from controller.runtime.services import Services

_bearer = HTTPBearer(auto_error=False, description="The key that was printed on the first start, or another one.")
_address = APIKeyQuery(name="key", auto_error=False, description="A viewer's key, where no header can be sent.")
PERMISSION = "loa_permission"
PUBLIC = "public"


def services_of(request: Request) -> Services:
    return cast(Services, request.app.state.services)


Served = Annotated[Services, Depends(services_of)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[ -~]+$",
        description="The same key with the same request is carried out once, however often it is sent.",
    ),
]  # fmt: skip


def permit(action: Action) -> Callable[..., str]:
    """A dependency that lets only holders of this right through, and gives their name."""

    def holder(
        request: Request, services: Served, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> str:
        with services.database.read() as session:
            who = require(session, shown.credentials if shown else None, action)
        request.state.who = who
        return who

    setattr(holder, PERMISSION, action.value)
    return holder


def permit_by_address(action: Action) -> Callable[..., str]:
    """As `permit`; a key in the query is good too if it can do nothing but see."""
    by_header = permit(action)

    def holder(
        request: Request, services: Served, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        key: Annotated[str | None, Depends(_address)],
    ) -> str:  # fmt: skip
        if shown is not None or key is None:
            return by_header(request, services, shown)
        with services.database.read() as session:
            who = require_in_address(session, key, action)
        request.state.who = who
        return who

    setattr(holder, PERMISSION, action.value)
    return holder


def public() -> None:
    """A dependency that says aloud that everybody may."""


setattr(public, PERMISSION, PUBLIC)


def act_of(services: Services, request: Request, who: str, key: str | None, *content: object) -> Act:
    """Who acts, from where and when; the fingerprint binds the key to this method, path and content."""
    said = "\n".join([request.method, request.url.path, *map(str, content)])
    fingerprint = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    origin = request.client.host if request.client else ""
    return Act(who, origin, services.now(), key, fingerprint)
