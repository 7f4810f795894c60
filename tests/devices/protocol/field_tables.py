"""Tables of docs/protocol.md, made from the message models, so that the page cannot go stale.

`python -m tests.devices.protocol.golden` puts them between their markers on the page; a test compares.
"""

import ast
import inspect
import json
import sys
from collections.abc import Iterable, Mapping
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic.fields import FieldInfo

from devices.protocol import units
from devices.protocol.codec import SIGNED, UNSIGNED
from devices.protocol.messages.control import Place
from devices.protocol.messages.frame import Frame, Part, Signed
from devices.protocol.messages.plans import Airing, Cap, Piece, Rules
from devices.protocol.messages.trust import RootChange, TrustedKey
from devices.protocol.ways import WAYS

MODELS: Mapping[str, type[Frame]] = {kind: model for kind, (model, _) in SIGNED.items()} | dict(UNSIGNED)
PARTS: tuple[type[Part], ...] = (Place, Piece, Airing, Rules, Cap, TrustedKey, RootChange)
WORDS = (
    "Uuid", "Sha256", "Instant", "Millis", "Length", "Sequence", "Percent", "Bitmap", "PublicKey", "Signature",
    "Nonce", "KeyId", "Word",
)  # fmt: skip
"""Names of units.py that fields are made of."""
_PLAIN = {int: "integer", float: "number", str: "text", bool: "true or false"}
COMMON = ("type", "tenant", "to", "mode", "issued_at")


def message_table() -> str:
    """All messages with topic, direction, QoS, retained, signer and purpose."""
    head = ["type", "topic below `loa/1/{tenant}/`", "direction", "QoS", "retained", "signed by role", "purpose"]
    rows = [
        [f"[`{kind}`](#{kind})", "<br>".join(f"`{topic}`" for topic in way.topics),
         "to the speaker" if way.down else "from the speaker", str(way.qos), "yes" if way.retained else "no",
         f"`{SIGNED[kind][1]}`" if kind in SIGNED else "not signed", way.purpose]
        for kind, way in WAYS.items()
    ]  # fmt: skip
    chunk = ["chunk", "`blob/{sha256}/{i}`", "to the speaker", "1 (subscribe at 0)", "yes", "by its hash", "raw bytes"]
    return table(head, [*rows, chunk])


def word_table() -> str:
    """The words that types of fields are made of."""
    docs = _docs(ast.parse(inspect.getsource(units)).body)
    rows = [[f"**{name}**", _json_of(getattr(units, name)), docs[name]] for name in WORDS]
    return table(["word", "in JSON", "meaning"], rows)


def field_tables() -> str:
    """One table of fields for each message, and for each object inside one."""
    common = "### Every signed message\n\n" + _table_of(Signed, COMMON)
    messages = [f"### {kind}\n\n{_intro(MODELS[kind])}\n\n{_table_of(MODELS[kind])}" for kind in WAYS]
    parts = [f"### {part.__name__}\n\n{_intro(part)}\n\n{_table_of(part)}" for part in PARTS]
    return "\n\n".join([common, *messages, *parts])


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def undocumented() -> list[str]:
    """Fields without a word about what they mean."""
    parts = (*MODELS.values(), *PARTS)
    return [f"{part.__name__}.{name}" for part in parts for name in _own(part) if not _described(part).get(name)]


def _table_of(model: type[Part], only: Iterable[str] | None = None) -> str:
    names = _own(model) if only is None else only
    return table(["field", "type", "meaning"], [_row(model, name) for name in names])


def _own(model: type[Part]) -> list[str]:
    """Fields beyond those that every signed message has."""
    shared = set(COMMON) if issubclass(model, Signed) else {"type"}
    return [name for name in model.model_fields if name not in shared or model is Signed]


def _row(model: type[Part], name: str) -> list[str]:
    field = model.model_fields[name]
    kind = _type(_annotation(model, name))
    return [f"`{name}`", kind + _optional(name, field), _described(model)[name]]


def _optional(name: str, field: FieldInfo) -> str:
    if field.is_required() or name in {"type", "mode"}:
        return ""
    if field.default is None:
        return "; optional"
    return f"; optional, absent: {json.dumps(field.default)}"


def _annotation(model: type[Part], name: str) -> Any:
    return next(base.__annotations__[name] for base in model.__mro__ if name in getattr(base, "__annotations__", {}))


def _type(annotation: Any) -> str:
    named = next((word for word in WORDS if getattr(units, word) is annotation), None)
    if named:
        return named
    args = get_args(annotation)
    match get_origin(annotation):
        case origin if origin is Annotated:
            text = _type(args[0]) + _bounds(args[1:])
        case origin if origin in (Union, UnionType):
            text = _type(next(arg for arg in args if arg is not NoneType))
        case origin if origin is Literal:
            text = " or ".join(f"`{arg}`" for arg in args)
        case origin if origin is tuple:
            text = f"array of {_type(args[0])}"
        case origin if origin is dict:
            text = f"object: {_type(args[0])} to {_type(args[1])}"
        case _:
            text = _PLAIN.get(annotation) or f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return text


def _bounds(metadata: Iterable[Any]) -> str:
    found = [one for info in metadata if isinstance(info, FieldInfo) for one in info.metadata]
    low = next((one.ge for one in found if isinstance(one, Ge)), None)
    high = next((one.le for one in found if isinstance(one, Le)), None)
    least = next((one.min_length for one in found if isinstance(one, MinLen)), 0)
    most = next((one.max_length for one in found if isinstance(one, MaxLen)), None)
    if high is not None:
        return f", {_number(low)} to {_number(high)}"
    return "" if most is None else f", {least} to {most} {'entries' if least or most != 200 else 'letters'}"


def _number(value: Any) -> str:
    return "2^53 - 1" if value == 2**53 - 1 else f"{value:,}"


def _json_of(annotation: Any) -> str:
    base, *metadata = get_args(annotation)
    if base is int:
        return "integer" + _bounds(metadata)
    return "text, `" + metadata[0].pattern.replace("\\", "") + "`" + _length(metadata[0])


def _length(constraints: Any) -> str:
    return f", {constraints.min_length} to {constraints.max_length:,} letters" if constraints.max_length else ""


def _intro(model: type[Part]) -> str:
    return inspect.getdoc(model) or ""


def _described(model: type[Part]) -> dict[str, str]:
    """Field to the text beneath it in the source."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base.__module__.startswith("devices.protocol"):
            tree = ast.parse(inspect.getsource(sys.modules[base.__module__]))
            body = next(one.body for one in tree.body if isinstance(one, ast.ClassDef) and one.name == base.__name__)
            found |= _docs(body)
    return found


def _docs(body: list[ast.stmt]) -> dict[str, str]:
    docs = {}
    for statement, following in pairwise(body):
        match statement, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                docs[name] = " ".join(text.split())
    return docs
