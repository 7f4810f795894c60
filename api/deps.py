"""What handlers are handed: the services, who asks, and in which language to answer."""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Annotated, cast

import structlog
from fastapi import Depends, Header, Request
from fastapi.security import APIKeyCookie, APIKeyQuery, HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from api.cookies import NAMES, cookie_of, name_of
from api.csrf import require_proof
from controller.db import DatabaseError
from controller.people.api_keys import Shown, key_holder, key_holder_in_address, note_use
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.entrance.sessions import is_stale, logged_in, note_seen
from controller.people.newcomers import PERSON
from controller.people.permissions import Action
from controller.people.rights import Tree
from controller.people.standing import rights_of
from controller.reach.admission import admit
from controller.reach.subjects import FINDERS
from controller.runtime.services import Services
from devices.areas import Parents
from devices.protocol.units import UUID_PATTERN
from devices.registry import parents

_bearer = HTTPBearer(auto_error=False, description="The key that was printed on the first start, or another one.")
_address = APIKeyQuery(name="key", auto_error=False, description="A viewer's key, where no header can be sent.")
_session = APIKeyCookie(
    name=NAMES["session"], auto_error=False,
    description="The session of a person who has logged in on the pages. "
    f"Where the public address is https the cookie is called `{name_of('session', tls=True)}`.",
)  # fmt: skip
log = structlog.get_logger()

PREFIX = "/api/v1"
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
    """From which address a request comes, as the journal has found out."""
    return str(request.state.origin)


def own_address(services: Services, request: Request) -> str:
    """How we are reached: as the installation says. Only where it says nothing is the caller's word taken."""
    return services.settings.api.public_url or str(request.base_url).rstrip("/")


def tree_of(services: Services) -> Tree:
    """Every area's parent, as the tables have it when it is asked for."""

    def tree() -> Parents:
        with services.database.read() as session:
            return parents(session)

    return tree


@lru_cache
def permit(action: Action, *, installation: bool = False) -> Callable[..., Caller]:
    """A dependency that lets through who holds this right by a key or by a session, and gives them.

    Where the address names a subject, they must hold it there; `installation`: for the whole of it. What
    they may not even see is as unknown to them as what is not there.
    """

    def holder(
        request: Request, services: Served, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        _cookie: Annotated[str | None, Depends(_session)],
    ) -> Caller:  # fmt: skip
        caller = asking(request, services, shown)
        if caller.kind == "program":
            _keep_pace(request, services, caller)
        with services.database.read() as session:
            admit(session, caller, action, _subjects(request), installation=installation)
        request.state.caller = caller
        return caller

    setattr(holder, PERMISSION, action.value)
    return holder


Viewer = Annotated[Caller, Depends(permit(Action.SEE))]
"""Who sees something somewhere: what they are shown is no more than that."""


@lru_cache
def permit_by_address(action: Action) -> Callable[..., Caller]:
    """As `permit`; a key in the query is good too if it can do nothing but see."""
    by_header = permit(action)

    def holder(
        request: Request, services: Served, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        key: Annotated[str | None, Depends(_address)], cookie: Annotated[str | None, Depends(_session)],
    ) -> Caller:  # fmt: skip
        if shown is not None or key is None:
            return by_header(request, services, shown, cookie)
        with services.database.read() as session:
            came = Shown(key, origin_of(request), services.now())
            caller = key_holder_in_address(session, came, tree_of(services))
        _keep_pace(request, services, caller)
        with services.database.read() as session:
            admit(session, caller, action, _subjects(request))
        request.state.who, request.state.caller = caller.name, caller
        return caller

    setattr(holder, PERMISSION, action.value)
    return holder


def shown_by(request: Request) -> HTTPAuthorizationCredentials | None:
    """The key in its header."""
    scheme, key = get_authorization_scheme_param(request.headers.get("Authorization"))
    return HTTPAuthorizationCredentials(scheme=scheme, credentials=key) if scheme.lower() == "bearer" and key else None


def asking(request: Request, services: Services, shown: HTTPAuthorizationCredentials | None) -> Caller:
    """Who asks by a key, or by a session with the proof of our page; KeyMissing, SessionOver, CsrfMissing."""
    if shown is None and cookie_of(request, "session"):
        require_proof(request, services, None, ["session"])
        return person_asking(request, services)
    return _key_asking(request, services, shown)


def person_asking(request: Request, services: Services) -> Caller:
    """Who is logged in at this browser, with what they may now; SessionOver."""
    now = services.now()
    with services.database.read() as session:
        found = logged_in(session, cookie_of(request, "session"), now, services.entrance.lives)
        rights = rights_of(session, found.person, now, tree_of(services))
    if is_stale(found.session, now):
        with services.database.write() as session:
            note_seen(session, found.session.digest, now)
    who, name, proved_at = PERSON + found.person.id, found.person.name, found.session.proved_at
    caller = Caller(who, name, "person", rights, now, proved_at=proved_at)
    request.state.who = caller.id
    return caller


def _key_asking(request: Request, services: Services, shown: HTTPAuthorizationCredentials | None) -> Caller:
    with services.database.read() as session:
        came = Shown(shown.credentials if shown else None, origin_of(request), services.now())
        caller = key_holder(session, came, tree_of(services))
    request.state.who = caller.name
    return caller


def _keep_pace(request: Request, services: Services, caller: Caller) -> None:
    """TooManyRequests where a key asks too fast. Its use is noted once a minute, after the answer has left."""
    now = services.now()
    if caller.per_minute is not None:
        services.pace.take(caller.id, caller.per_minute, now)
    if services.pace.worth_noting(caller.id, now):
        request.state.afterwards = partial(_note_use, services, caller.id, origin_of(request), now)


def _note_use(services: Services, holder: str, origin: str, now: int) -> None:
    try:
        with services.database.write() as session:
            note_use(session, holder, origin, now)
    except DatabaseError as error:
        log.warning("use_of_key_not_noted", code=error.code)


def _subjects(request: Request) -> list[tuple[str, str]]:
    """What the address names, in the path or in the query: kind and id."""
    named = [*request.path_params.items(), *request.query_params.items()]
    return [(kind, str(subject)) for kind, subject in named if kind in FINDERS and UUID.fullmatch(str(subject))]


def public() -> None:
    """A dependency that says aloud that everybody may."""


setattr(public, PERMISSION, PUBLIC)


def public_to_programs(request: Request, services: Served) -> None:
    """Everybody may; a browser only where a page of ours asks for it. CsrfMissing."""
    if cookie_of(request, "session"):
        require_proof(request, services, None, ["session"])


setattr(public_to_programs, PERMISSION, PUBLIC)


def perhaps(request: Request, services: Served) -> Caller | None:
    """Everybody may; who shows a key is told more."""
    shown = shown_by(request)
    return None if shown is None else permit(Action.SEE)(request, services, shown, None)


setattr(perhaps, PERMISSION, PUBLIC)
Perhaps = Annotated[Caller | None, Depends(perhaps)]


def act_of(services: Services, request: Request, who: Caller, key: str | None, *content: object) -> Act:
    """Who acts, from where and when; the fingerprint binds the key to this method, path and content."""
    said = "\n".join([request.method, request.url.path, *map(str, content)])
    fingerprint = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    return Act(who.name, origin_of(request), services.now(), key, fingerprint, who.id)
