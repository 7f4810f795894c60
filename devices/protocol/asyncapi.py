"""The wire as an AsyncAPI 3.0 document, made from the message models, the table of ways and the topics.

docs/protocol.md says what the words mean; this says the same shapes to programs. Payload schemas are those of the
models, in the JSON Schema dialect that AsyncAPI takes (draft 7).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from devices.protocol.codec import MAX_UNSIGNED_BYTES, SIGNED, UNSIGNED
from devices.protocol.messages.frame import Frame
from devices.protocol.signing import MAX_MESSAGE_BYTES
from devices.protocol.topics import Topics
from devices.protocol.ways import CHUNK, WAYS, Way

Json = dict[str, Any]

MODELS: Mapping[str, type[Frame]] = {kind: model for kind, (model, _) in SIGNED.items()} | dict(UNSIGNED)
CHUNK_MESSAGE = "chunk"
BINDING = "0.2.0"
"""Version of the MQTT bindings of AsyncAPI."""
_UUID = "263a4dbe-4148-4fb8-8214-b0032339dbb9"
_SHA256 = "e4ef84bc674df7f06725ae4864951328a8a0a4c77119792d3ef40de9ed45cfe4"
PARAMETERS: Mapping[str, tuple[str, str]] = {
    "tenant": ("Owner of keys and broker: a lower-case UUID.", _UUID),
    "area": ("An area whose speakers hear this: a lower-case UUID.", _UUID),
    "device": ("One speaker: a lower-case UUID.", _UUID),
    "alert": ("One alert: a lower-case UUID.", _UUID),
    "sha256": ("A blob: the SHA-256 of its bytes, 64 lower-case hexadecimal letters.", _SHA256),
    "index": ("Number of a chunk in its blob, from 0, without leading zeros.", "0"),
}
CHANNELS: Mapping[str, tuple[str, str]] = {
    "trust": ("trust", "Keys of the tenant"),
    "manifest": ("blob/{sha256}/m", "Table of contents of a blob"),
    "chunk": ("blob/{sha256}/{index}", "One chunk of a blob"),
    "areaOrder": ("area/{area}/order", "Orders to an area"),
    "areaAlert": ("area/{area}/alert/{alert}", "One alert to an area"),
    "deviceOrder": ("dev/{device}/down/order", "Orders to one speaker"),
    "deviceConfig": ("dev/{device}/down/config", "Configuration of one speaker"),
    "devicePlan": ("dev/{device}/down/plan", "Plan of one speaker"),
    "deviceAck": ("dev/{device}/down/ack", "Receipts that are stored"),
    "deviceHello": ("dev/{device}/up/hello", "First word after every connect"),
    "deviceState": ("dev/{device}/up/state", "Connected or not"),
    "deviceHealth": ("dev/{device}/up/health", "Heartbeats"),
    "deviceReceipt": ("dev/{device}/up/receipt", "What became of orders"),
    "devicePlanAck": ("dev/{device}/up/ack", "What it makes of its plan"),
    "deviceLog": ("dev/{device}/up/log", "What was refused or went wrong"),
    "timeRequest": ("time/req/{device}", "Questions for the time"),
    "timeAnswer": ("time/rsp/{device}", "Answers to them"),
}
"""Channel to its topic below `loa/1/{tenant}/`, and its title."""
_JWS = r"^[A-Za-z0-9_-]{1,512}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$"
_INFO = """The contract between the controller and its loudspeakers, over MQTT 3.1.1. The broker is not trusted: \
what a speaker believes, it believes because of a signature. Rules that no schema can say (verification, replay, \
when something sounds) stand in docs/protocol.md, and test vectors in docs/vectors.json."""


def document() -> Json:
    """The whole document, as JSON values."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:loa:wire:1",
        "info": {
            "title": "Loa: the wire between controller and loudspeakers",
            "version": "1.0.0",
            "description": _INFO,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"broker": _server()},
        "channels": {name: _channel(name) for name in CHANNELS},
        "operations": _operations(),
        "components": {
            "parameters": {name: _parameter(name) for name in PARAMETERS},
            "messages": {kind: _message(kind) for kind in MODELS} | {CHUNK_MESSAGE: _chunk()},
            "messageTraits": {"signed": _signed()},
            "schemas": _schemas() | {"SignedEnvelope": _envelope()},
            "securitySchemes": _security(),
        },
    }


def ways_of(channel: str) -> dict[str, Way]:
    """The messages of a channel, and how each travels."""
    topic = CHANNELS[channel][0]
    found = {kind: way for kind, way in WAYS.items() if topic in way.topics}
    return found | ({CHUNK_MESSAGE: CHUNK} if topic in CHUNK.topics else {})


def _channel(name: str) -> Json:
    topic, title = CHANNELS[name]
    address = f"{Topics('{tenant}').root}/{topic}"
    return {
        "address": address,
        "title": title,
        "summary": "; ".join(f"{kind}: {way.purpose}" for kind, way in ways_of(name).items()),
        "servers": [{"$ref": "#/servers/broker"}],
        "parameters": {
            parameter: {"$ref": f"#/components/parameters/{parameter}"}
            for parameter in re.findall(r"\{(\w+)\}", address)
        },
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in ways_of(name)},
    }


def _operations() -> Json:
    """Each channel twice: what the controller does there, and what a speaker does."""
    found = {}
    for name in CHANNELS:
        down = next(iter(ways_of(name).values())).down
        sender, receiver = ("controller", "speaker") if down else ("speaker", "controller")
        for who, action in ((sender, "send"), (receiver, "receive")):
            found[f"{who}.{action}.{name}"] = _operation(name, who, action)
    return found


def _operation(channel: str, who: str, action: str) -> Json:
    ways = ways_of(channel)
    way = next(iter(ways.values()))
    qos = 0 if (channel, action) == ("chunk", "receive") else way.qos
    mqtt: Json = {"qos": qos, "bindingVersion": BINDING}
    if action == "send":
        mqtt["retain"] = all(one.retained and one.topics[0] == CHANNELS[channel][0] for one in ways.values())
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "title": f"The {who} {action}s: {CHANNELS[channel][1][0].lower()}{CHANNELS[channel][1][1:]}",
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind}"} for kind in ways],
        "tags": [{"name": who}],
        "bindings": {"mqtt": mqtt},
    }


def _message(kind: str) -> Json:
    model, way = MODELS[kind], WAYS[kind]
    told: Json = {
        "name": kind,
        "title": kind.replace("_", " ").capitalize(),
        "summary": way.purpose[0].upper() + way.purpose[1:] + ".",
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
    }
    if kind in SIGNED:
        role = SIGNED[kind][1]
        return told | {"traits": [{"$ref": "#/components/messageTraits/signed"}], "x-signed-by-role": role}
    return told | {
        "contentType": "application/json",
        "description": f"Not signed: the connection vouches for it. At most {MAX_UNSIGNED_BYTES:,} bytes.",
    }


def _chunk() -> Json:
    return {
        "name": CHUNK_MESSAGE,
        "title": "Chunk",
        "summary": CHUNK.purpose[0].upper() + CHUNK.purpose[1:] + ".",
        "description": "At most 65,536 bytes. Published at QoS 1, subscribed to at QoS 0, at most four at a time.",
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "format": "binary", "maxLength": 65_536},
    }


def _signed() -> Json:
    return {
        "contentType": "application/jose",
        "description": (
            "On the wire this is a JWS in compact serialization (RFC 7515, algorithm Ed25519 of RFC 9864); the payload "
            f"here is the JSON that it signs. At most {MAX_MESSAGE_BYTES:,} bytes. An empty payload says nothing."
        ),
        "x-envelope": {"$ref": "#/components/schemas/SignedEnvelope"},
    }


def _envelope() -> Json:
    return {
        "title": "SignedEnvelope",
        "description": (
            "The bytes of a signed message: base64url(header).base64url(payload).base64url(signature). The header has "
            "`alg` = `Ed25519` and `kid` alone: the first 16 bytes of SHA-256 over the public key, in base64url."
        ),
        "type": "string",
        "pattern": _JWS,
        "maxLength": MAX_MESSAGE_BYTES,
        "contentMediaType": "application/jose",
    }


def _schemas() -> Json:
    pairs = [(model, "validation") for model in MODELS.values()]
    _, told = models_json_schema(pairs, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas: Json = {name: _as_on_the_wire(schema) for name, schema in sorted(told["$defs"].items())}
    for model in MODELS.values():
        schemas[model.__name__]["required"] = _required(model, schemas[model.__name__]["required"])
    return schemas


def _required(model: type[Frame], required: Iterable[str]) -> list[str]:
    """On the wire `type` and `mode` are never left out, whatever the model fills in."""
    always = {"type", "mode"} & set(model.model_fields)
    return sorted(always | set(required))


def _as_on_the_wire(schema: Any) -> Any:
    """Absent is absent: no field of this wire is null."""
    if isinstance(schema, list):
        return [_as_on_the_wire(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: _as_on_the_wire(value) for name, value in schema.items()}
    if {"type": "null"} in told.get("anyOf", []):
        (only,) = [one for one in told.pop("anyOf") if one != {"type": "null"}]
        told = only | {name: value for name, value in told.items() if name != "default"}
    return told


def _parameter(name: str) -> Json:
    description, example = PARAMETERS[name]
    return {"description": description, "examples": [example]}


def _server() -> Json:
    will = {"topic": "loa/1/{tenant}/dev/{device}/up/state", "qos": 1, "message": "state, online false", "retain": True}
    return {
        "host": "broker.example:8883",
        "protocol": "secure-mqtt",
        "protocolVersion": "3.1.1",
        "title": "The tenant's broker",
        "description": "Any MQTT 3.1.1 broker; plain MQTT on one machine only. The client id is the device id.",
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _security()],
        "bindings": {"mqtt": {"cleanSession": True, "keepAlive": 30, "lastWill": will, "bindingVersion": BINDING}},
    }


def _security() -> Json:
    return {
        "certificate": {
            "type": "X509",
            "description": "A client certificate whose common name is the device id; the access list follows from it.",
        },
        "password": {"type": "userPassword", "description": "For brokers without client certificates, over TLS."},
    }
