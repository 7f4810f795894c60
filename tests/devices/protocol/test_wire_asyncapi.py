"""docs/asyncapi.json is what the code makes, holds together, and describes what really stands on the wire."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from devices.protocol.asyncapi import CHANNELS, CHUNK_MESSAGE, MODELS, document, ways_of
from devices.protocol.codec import PLACES, SIGNED, place
from devices.protocol.signing import open_envelope
from devices.protocol.topics import Topics
from devices.protocol.ways import WAYS

DOCS = Path(__file__).parents[3] / "docs"
VECTORS = json.loads((DOCS / "vectors.json").read_text("utf-8"))
TOLD = document()
TENANT = VECTORS["birth"]["tenant"]


def nodes(value: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document with its place."""
    if isinstance(value, dict):
        yield path, value
        for name, inner in value.items():
            yield from nodes(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from nodes(inner, f"{path}/{number}")


def resolve(ref: str) -> Any:
    assert ref.startswith("#/"), ref
    found: Any = TOLD
    for step in ref[2:].split("/"):
        found = found[step]
    return found


def matches(address: str, topic: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(address)), topic) is not None


def checker(kind: str) -> Draft7Validator:
    return Draft7Validator({**TOLD["components"]["messages"][kind]["payload"], "components": TOLD["components"]})


def test_the_file_is_what_the_code_makes() -> None:
    written = (DOCS / "asyncapi.json").read_text("utf-8")
    assert written == json.dumps(TOLD, indent=1, ensure_ascii=False) + "\n", "loa asyncapi --out docs/asyncapi.json"


def test_every_reference_resolves() -> None:
    refs = [node["$ref"] for _, node in nodes(TOLD) if "$ref" in node]
    assert len(refs) > 100 and all(resolve(ref) is not None for ref in refs)


def test_every_parameter_is_declared_and_every_declared_one_used() -> None:
    used = set()
    for channel in TOLD["channels"].values():
        named = set(re.findall(r"\{(\w+)\}", channel["address"]))
        assert named == set(channel["parameters"])
        used |= named
    assert used == set(TOLD["components"]["parameters"])
    assert all(one["description"] and one["examples"] for one in TOLD["components"]["parameters"].values())


def test_messages_of_operations_are_messages_of_their_channels() -> None:
    for name, operation in TOLD["operations"].items():
        channel = resolve(operation["channel"]["$ref"])
        assert [resolve(message["$ref"]) for message in operation["messages"]] == list(channel["messages"].values())
        assert operation["action"] in {"send", "receive"} and operation["title"], name


def test_each_channel_is_sent_to_by_one_side_and_read_by_the_other() -> None:
    for channel in CHANNELS:
        found = {
            (operation["tags"][0]["name"], operation["action"])
            for operation in TOLD["operations"].values()
            if operation["channel"]["$ref"] == f"#/channels/{channel}"
        }
        assert found in (
            {("controller", "send"), ("speaker", "receive")},
            {("speaker", "send"), ("controller", "receive")},
        )


def test_channels_carry_what_the_table_of_places_says() -> None:
    topics = Topics(TENANT)
    examples = {name: parameter["examples"][0] for name, parameter in TOLD["components"]["parameters"].items()}
    for name, channel in TOLD["channels"].items():
        address = topics.parse(channel["address"].format(**examples | {"tenant": TENANT}))
        stands = [kind for kind in MODELS if place(address) in PLACES[kind]]
        assert sorted(channel["messages"]) == sorted(stands or [CHUNK_MESSAGE]) == sorted(ways_of(name))
    assert {topic for way in WAYS.values() for topic in way.topics} < {topic for topic, _ in CHANNELS.values()}


def test_promises_of_delivery() -> None:
    """Alerts are retained in the area and nowhere else; chunks are read at QoS 0."""

    def mqtt(operation: str) -> dict[str, Any]:
        return TOLD["operations"][operation]["bindings"]["mqtt"]

    assert mqtt("controller.send.areaAlert") == {"qos": 1, "bindingVersion": "0.2.0", "retain": True}
    assert not mqtt("controller.send.deviceOrder")["retain"] and mqtt("speaker.send.deviceState")["retain"]
    assert mqtt("controller.send.chunk")["qos"] == 1 and mqtt("speaker.receive.chunk")["qos"] == 0
    assert mqtt("speaker.send.timeRequest")["qos"] == mqtt("speaker.send.deviceHealth")["qos"] == 0
    for name, (topic, _) in CHANNELS.items():
        for way in ways_of(name).values():
            sender = "controller" if way.down else "speaker"
            assert mqtt(f"{sender}.send.{name}")["qos"] == way.qos
            if way.topics[0] == topic:
                assert mqtt(f"{sender}.send.{name}")["retain"] == way.retained


@pytest.mark.parametrize("name", sorted(TOLD["components"]["schemas"]))
def test_every_schema_is_one_and_says_what_its_fields_mean(name: str) -> None:
    schema = TOLD["components"]["schemas"][name]
    Draft7Validator.check_schema(schema)
    undescribed = [
        field
        for field, told in schema.get("properties", {}).items()
        if field != "type" and "$ref" not in told and not told.get("description")
    ]
    assert schema["description"] and undescribed == []
    assert "null" not in json.dumps(schema), "absent is absent"


def test_every_message_is_described_and_told_who_signs_it() -> None:
    messages = TOLD["components"]["messages"]
    assert set(messages) == set(MODELS) | {CHUNK_MESSAGE}
    for kind, message in messages.items():
        assert message["title"] and message["summary"]
        assert message.get("x-signed-by-role") == (SIGNED[kind][1] if kind in SIGNED else None)
        assert ("traits" in message) == (kind in SIGNED)


@pytest.mark.parametrize(
    "case", [case for case in VECTORS["messages"] if case["verdict"] == "good"], ids=lambda c: c["name"]
)
def test_signed_vectors_are_what_the_document_describes(case: dict[str, Any]) -> None:
    payload = json.loads(open_envelope(case["bytes"].encode()).payload)
    envelope = TOLD["components"]["schemas"]["SignedEnvelope"]
    assert Draft7Validator(envelope).is_valid(case["bytes"])
    assert list(checker(payload["type"]).iter_errors(payload)) == []
    assert any(
        matches(channel["address"], case["topic"]) and payload["type"] in channel["messages"]
        for channel in TOLD["channels"].values()
    )


def test_unsigned_vectors_and_recordings_are_too() -> None:
    for told in VECTORS["unsigned"]:
        payload = json.loads(told["bytes"])
        assert list(checker(payload["type"]).iter_errors(payload)) == []
    for path in (DOCS.parent / "tests" / "recordings").glob("*.json"):
        told = json.loads(path.read_text("utf-8"))
        assert list(checker(told["type"]).iter_errors(told["fields"])) == [], path.name


def test_what_contradicts_its_shape_is_found() -> None:
    for path in (DOCS.parent / "tests" / "recordings").glob("*.json"):
        told = json.loads(path.read_text("utf-8"))
        schema = checker(told["type"])
        for field in TOLD["components"]["schemas"][MODELS[told["type"]].__name__]["required"]:
            assert not schema.is_valid({name: value for name, value in told["fields"].items() if name != field})
            assert not schema.is_valid(told["fields"] | {field: None})
