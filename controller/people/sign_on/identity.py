"""Whom an ID token vouches for: believed only with the right signature, issuer, audience, time and nonce."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from controller.errors.entrance import SignOnRefused
from devices.protocol import base64url

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""By a pair of keys; never `none`, and never a secret that a public key could be mistaken for."""
LEEWAY_S = 60
LONGEST = 16_384
LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Expected:
    """What the token must say; `signs`: algorithms of the provider, empty where it names none."""

    issuer: str
    client: str
    nonce: str
    signs: Sequence[str]


@dataclass(frozen=True)
class Identity:
    """Somebody at a provider. The subject is theirs for ever; the rest may change and is not proof."""

    issuer: str
    subject: str
    email: str | None
    """Only where the provider says that it has been verified."""
    username: str | None


def identity_of(
    answer: Mapping[str, Any], keys: Callable[[str | None], Sequence[Key]], expected: Expected, now: int
) -> Identity:
    """From the answer of the token endpoint. SignOnRefused."""
    text = answer.get("id_token")
    if not isinstance(text, str) or len(text) > LONGEST:
        raise SignOnRefused(why="no_token")
    token = _verified(text, keys, expected.signs)
    claims = CodeIDToken(
        token.claims, token.header, {"iss": {"value": expected.issuer}},
        {"nonce": expected.nonce, "client_id": expected.client, "access_token": answer.get("access_token")},
    )  # fmt: skip
    try:
        claims.validate(now=now // 1_000_000, leeway=LEEWAY_S)
    except (JoseError, ValueError, TypeError) as error:
        raise SignOnRefused(why="claims") from error
    if not _is_for(claims.get("aud"), expected.client):
        raise SignOnRefused(why="audience")
    return _identity(claims, expected.issuer)


def _verified(text: str, keys: Callable[[str | None], Sequence[Key]], signs: Sequence[str]) -> jwt.Token:
    allowed = [name for name in ALGORITHMS if not signs or name in signs]
    header = _header(text)
    if header.get("alg") not in allowed:
        raise SignOnRefused(why="algorithm")
    kid = header.get("kid")
    for key in keys(kid if isinstance(kid, str) else None):
        try:
            return jwt.decode(text, key, registry=JWSRegistry(algorithms=allowed, strict_check_header=False))
        except (JoseError, ValueError, TypeError):
            continue
    raise SignOnRefused(why="signature")


def _header(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(base64url.decode(text.partition(".")[0]))
    except (ValueError, RecursionError) as error:
        raise SignOnRefused(why="no_token") from error
    return found if isinstance(found, dict) else {}


def _is_for(audience: object, client: str) -> bool:
    """Whether the token is for us."""
    return audience == client or (isinstance(audience, list) and client in audience)


def _identity(claims: Mapping[str, Any], issuer: str) -> Identity:
    subject, email, username = claims.get("sub"), claims.get("email"), claims.get("preferred_username")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise SignOnRefused(why="subject")
    verified = isinstance(email, str) and claims.get("email_verified") is True
    return Identity(issuer, subject, str(email) if verified else None, username if isinstance(username, str) else None)
