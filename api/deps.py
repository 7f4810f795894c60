"""What handlers are handed: the services, who asks, and in which language to answer."""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, cast

from fastapi import Depends, Header, Request
from fastapi.security import APIKeyQuery, HTTPAuthorizationCredentials, HTTPBearer

from controller.people.api_keys import Shown, key_holder, key_holder_in_address
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.rights import Tree
from controller.reach.admission import admit
from controller.reach.subjects import FINDERS
from controller.runtime.services import Services
from devices.areas import Parents
from devices.protocol.units import UUID_PATTERN
from devices.registry import parents

_bearer = HTTPBearer(auto_error=False, description="The key that was printed on the first start, or another one.")
_address = APIKeyQuery(name="key", auto_error=False, description="A viewer's key, where no header can be sent.")
PERMISSION = "loa_permission"
PUBLIC = "public"
UUID = re.compile(UUID_PATTERN)


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


def origin_of(request: Request) -> str:
    """From which address a request comes."""
    return request.client.host if request.client else ""


def tree_of(services: Services) -> Tree:
    """Every area's parent, as the tables have it when it is asked for."""

    def tree() -> Parents:
        with services.database.read() as session:
            return parents(session)

    return tree


@lru_cache
def permit(action: Action, *, installation: bool = False) -> Callable[..., Caller]:
    """A dependency that lets through who holds this right, and gives them.

    Where the address names a subject, they must hold it there; `installation`: for the whole of it. What
    they may not even see is as unknown to them as what is not there.
    """

    def holder(
        request: Request, services: Served, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        with services.database.read() as session:
            came = Shown(shown.credentials if shown else None, origin_of(request), services.now())
            caller = key_holder(session, came, tree_of(services))
            admit(session, caller, action, _subjects(request), installation=installation)
        request.state.who = caller.name
        return caller

    setattr(holder, PERMISSION, action.value)
    return holder


@lru_cache
def permit_by_address(action: Action) -> Callable[..., Caller]:
    """As `permit`; a key in the query is good too if it can do nothing but see."""
    by_header = permit(action)

    def holder(
        request: Request, services: Served, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        key: Annotated[str | None, Depends(_address)],
    ) -> Caller:  # fmt: skip
        if shown is not None or key is None:
            return by_header(request, services, shown)
        with services.database.read() as session:
            came = Shown(key, origin_of(request), services.now())
            caller = key_holder_in_address(session, came, tree_of(services))
            admit(session, caller, action, _subjects(request))
        request.state.who = caller.name
        return caller

    setattr(holder, PERMISSION, action.value)
    return holder


def _subjects(request: Request) -> list[tuple[str, str]]:
    """What the address names, in the path or in the query: kind and id."""
    named = [*request.path_params.items(), *request.query_params.items()]
    return [(kind, str(subject)) for kind, subject in named if kind in FINDERS and UUID.fullmatch(str(subject))]


def public() -> None:
    """A dependency that says aloud that everybody may."""


setattr(public, PERMISSION, PUBLIC)


def act_of(services: Services, request: Request, who: Caller, key: str | None, *content: object) -> Act:
    """Who acts, from where and when; the fingerprint binds the key to this method, path and content."""
    said = "\n".join([request.method, request.url.path, *map(str, content)])
    fingerprint = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    return Act(who.name, origin_of(request), services.now(), key, fingerprint, who.id)
