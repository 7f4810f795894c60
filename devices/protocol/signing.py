"""Signed messages: JWS compact serialization (RFC 7515) with algorithm Ed25519 (RFC 9864)."""

import re
from dataclasses import dataclass
from functools import lru_cache

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError

from devices.protocol import base64url
from devices.protocol.errors import BadSignature, Malformed
from devices.protocol.json_text import read_object
from devices.protocol.keys import SigningKey, VerifyKey
from devices.protocol.units import SIXTEEN_BYTES

MAX_MESSAGE_BYTES = 128 * 1024
MAX_HEADER_LETTERS = 512


class _Registry(jws.JWSRegistry):
    max_payload_length = MAX_MESSAGE_BYTES


_REGISTRY = _Registry(algorithms=["Ed25519"])


@dataclass(frozen=True)
class Envelope:
    """A message as it came: its claimed key id, its payload (not yet believed) and its bytes."""

    key_id: str
    payload: bytes
    raw: bytes


def sign(payload: bytes, key: SigningKey) -> bytes:
    """The JWS of `payload`, with `alg` and `kid` alone in its header. Malformed if no receiver would read it."""
    header = {"alg": "Ed25519", "kid": key.id}
    raw = jws.serialize_compact(header, payload, key.jwk, registry=_REGISTRY).encode("ascii")
    if len(raw) > MAX_MESSAGE_BYTES:
        raise Malformed(bytes=len(raw))
    return raw


@lru_cache(maxsize=256)
def open_envelope(raw: bytes) -> Envelope:
    """Read header and payload without believing them; Malformed if these are no JWS of this protocol."""
    if not 0 < len(raw) <= MAX_MESSAGE_BYTES:
        raise Malformed(bytes=len(raw))
    try:
        header, payload, _ = raw.decode("ascii").split(".")
        return Envelope(_key_named(header), base64url.decode(payload), raw)
    except ValueError as error:
        raise Malformed(reason="not a JWS") from error


@lru_cache(maxsize=16_384)
def _key_named(header: str) -> str:
    """The key id of a header; few keys speak, so the same letters come again and again."""
    if len(header) > MAX_HEADER_LETTERS:
        raise Malformed(reason="header")
    said = read_object(base64url.decode(header))
    key_id = said.get("kid")
    if set(said) != {"alg", "kid"} or said["alg"] != "Ed25519" or not _is_key_id(key_id):
        raise Malformed(reason="header")
    return str(key_id)


def _is_key_id(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(SIXTEEN_BYTES, text) is not None


def check_signature(envelope: Envelope, key: VerifyKey) -> None:
    """Raise BadSignature unless `key` signed exactly these bytes."""
    try:
        jws.deserialize_compact(envelope.raw, key.jwk, registry=_REGISTRY)
    except (BadSignatureError, JoseError, ValueError) as error:
        raise BadSignature(key=key.id) from error
