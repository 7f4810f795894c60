"""An order that nobody gave, signed with whatever an attacker may have."""

from devices.protocol import base64url
from devices.protocol.codec import to_json
from devices.protocol.json_text import canonical
from devices.protocol.keys import SigningKey
from devices.protocol.messages.orders import Play
from devices.protocol.signing import sign
from firmware_sim.village.office import Office

FORGERIES = ("stranger", "kid", "alert", "device", "plain", "empty")
"""A key that nobody knows; the same under a known name; a key of another role; a speaker's; no signature; nothing."""
_FORGER = SigningKey(b"\7" * 32)


def signed_as(kind: str, play: Play, office: Office) -> bytes:
    """The bytes on the wire."""
    said = to_json(play)
    if kind == "kid":
        return _under_a_known_name(said, office.keyring.keys["content"].id)
    if kind in {"plain", "empty"}:
        return said if kind == "plain" else b""
    known = {"alert": office.keyring.keys["alert"], "device": next(iter(office.keys.values()))}
    return sign(said, known.get(kind, _FORGER))


def _under_a_known_name(said: bytes, key_id: str) -> bytes:
    header = canonical({"alg": "Ed25519", "kid": key_id})
    signature = sign(said, _FORGER).decode().rsplit(".", 1)[1]
    return f"{base64url.encode(header)}.{base64url.encode(said)}.{signature}".encode()
