"""Bytes to messages and back: bounds before parsing, one table of types."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from devices.protocol.errors import Malformed
from devices.protocol.json_text import canonical, read_object
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.blobs import Manifest
from devices.protocol.messages.control import Ack, Config
from devices.protocol.messages.frame import Frame, Signed
from devices.protocol.messages.orders import Play, Stop
from devices.protocol.messages.plans import Plan
from devices.protocol.messages.speaker import Health, Hello, PlanAck, Receipt, Report, State
from devices.protocol.messages.time import TimeAnswer, TimeRequest
from devices.protocol.messages.trust import Role, TrustSet
from devices.protocol.topics import Address

SIGNED: Mapping[str, tuple[type[Signed], Role]] = MappingProxyType(
    {
        "trust": (TrustSet, "root"),
        "manifest": (Manifest, "content"),
        "play": (Play, "content"),
        "stop": (Stop, "content"),
        "plan": (Plan, "content"),
        "alert": (Alert, "alert"),
        "config": (Config, "control"),
        "ack": (Ack, "control"),
        "time_answer": (TimeAnswer, "time"),
        "hello": (Hello, "device"),
        "receipt": (Receipt, "device"),
        "plan_ack": (PlanAck, "device"),
        "report": (Report, "device"),
    }
)
"""Type of message to its model and the role that may sign it."""

UNSIGNED: Mapping[str, type[Frame]] = MappingProxyType({"state": State, "health": Health, "time_request": TimeRequest})

PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "trust": ("trust",),
        "manifest": ("manifest",),
        "play": ("area_order", "down/order"),
        "stop": ("area_order", "down/order"),
        "plan": ("down/plan",),
        "alert": ("alert", "down/order"),
        "config": ("down/config",),
        "ack": ("down/ack",),
        "time_answer": ("time_rsp",),
        "hello": ("up/hello",),
        "receipt": ("up/receipt",),
        "plan_ack": ("up/ack",),
        "report": ("up/log",),
        "state": ("up/state",),
        "health": ("up/health",),
        "time_request": ("time_req",),
    }
)
"""Type of message to the places (kind of topic, with its leaf) where it may stand."""

MAX_UNSIGNED_BYTES = 4_096
M = TypeVar("M", bound=Frame)


def place(address: Address) -> str:
    return f"{address.kind}/{address.leaf}" if address.leaf else address.kind


def to_json(message: Frame) -> bytes:
    """The canonical JSON of a message; absent optional fields are left out."""
    return canonical(message.model_dump(mode="json", exclude_none=True))


def read_type(said: dict[str, object]) -> str:
    """The `type` of a message; Malformed where it says none."""
    kind = said.get("type")
    if not isinstance(kind, str):
        raise Malformed(reason="no type")
    return kind


def parse(payload: bytes, model: type[M]) -> M:
    """Read one message of a known type; Malformed names the first field that is out of bounds."""
    return validate(payload, read_object(payload), model)


def validate(payload: bytes, said: dict[str, object], model: type[M]) -> M:
    """`payload`, which says what `said` holds, as a message; Malformed as `parse`."""
    absent = model.model_fields.keys() & {"type", "mode"} - said.keys()
    if absent:
        raise Malformed(field=absent.pop(), reason="missing")
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Malformed(field=".".join(map(str, first["loc"]))[:80], reason=first["type"]) from error


def parse_unsigned(payload: bytes, model: type[M]) -> M:
    """Read a message that carries no signature, at most 4 KiB."""
    if len(payload) > MAX_UNSIGNED_BYTES:
        raise Malformed(bytes=len(payload))
    return parse(payload, model)
