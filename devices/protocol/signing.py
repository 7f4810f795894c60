"""Signed messages: JWS compact serialization (RFC 7515) with algorithm Ed25519 (RFC 9864)."""

import json
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError

from devices.protocol.errors import BadSignature, Malformed
from devices.protocol.keys import SigningKey, VerifyKey

ALGORITHMS = ["Ed25519"]
MAX_MESSAGE_BYTES = 128 * 1024


@dataclass(frozen=True)
class Envelope:
    """A message as it came: its claimed key id, its payload (not yet believed) and its bytes."""

    key_id: str
    payload: bytes
    raw: bytes


def sign(payload: bytes, key: SigningKey) -> bytes:
    """The JWS of `payload`, with `alg` and `kid` alone in its header."""
    header = {"alg": "Ed25519", "kid": key.id}
    return jws.serialize_compact(header, payload, key.jwk, algorithms=ALGORITHMS).encode("ascii")


def open_envelope(raw: bytes) -> Envelope:
    """Read header and payload without believing them; Malformed if these are no JWS of this protocol."""
    if not 0 < len(raw) <= MAX_MESSAGE_BYTES:
        raise Malformed(bytes=len(raw))
    try:
        token = jws.extract_compact(raw)
        header = token.headers()
    except (JoseError, ValueError) as error:
        raise Malformed(reason="not a JWS") from error
    key_id = header.get("kid")
    if set(header) != {"alg", "kid"} or header["alg"] != "Ed25519" or not isinstance(key_id, str):
        raise Malformed(reason="header")
    return Envelope(key_id, token.payload, raw)


def check_signature(envelope: Envelope, key: VerifyKey) -> None:
    """Raise BadSignature unless `key` signed exactly these bytes."""
    try:
        jws.deserialize_compact(envelope.raw, key.jwk, algorithms=ALGORITHMS)
    except (BadSignatureError, JoseError, ValueError) as error:
        raise BadSignature(key=key.id) from error


def canonical(fields: object) -> bytes:
    """JSON as this project writes it: sorted keys, no spaces, UTF-8. Readers accept any JSON."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")
