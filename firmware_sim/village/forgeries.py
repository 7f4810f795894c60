"""Signatures on what nobody in the office said: whatever an attacker may have."""

from devices.protocol import base64url
from devices.protocol.codec import SIGNED, to_json
from devices.protocol.json_text import canonical
from devices.protocol.keys import SigningKey
from devices.protocol.messages.frame import Signed
from devices.protocol.signing import sign
from firmware_sim.village.office import Office

FORGERIES = ("stranger", "kid", "role", "device", "plain", "empty")
"""A key that nobody knows; the same under a known name; a key of another role; a speaker's; no signature; nothing."""
FORGER = SigningKey(b"\7" * 32)


def signed_as(kind: str, message: Signed, office: Office) -> bytes:
    """The bytes on the wire; `true`: by the right key, as only the office can."""
    said, (_, role) = to_json(message), SIGNED[message.type]
    right = office.root if role == "root" else office.keyring.keys[role]
    if kind == "kid":
        return _under_a_known_name(said, right.id)
    if kind in {"plain", "empty"}:
        return said if kind == "plain" else b""
    other = office.keyring.keys["alert" if role == "content" else "content"]
    return sign(said, {"true": right, "role": other, "device": next(iter(office.keys.values()))}.get(kind, FORGER))


def _under_a_known_name(said: bytes, key_id: str) -> bytes:
    header = canonical({"alg": "Ed25519", "kid": key_id})
    signature = sign(said, FORGER).decode().rsplit(".", 1)[1]
    return f"{base64url.encode(header)}.{base64url.encode(said)}.{signature}".encode()
