"""Bulletins as they are asked for and shown."""

from collections.abc import Sequence, Set
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from api.shapes import Asked, Id, Instant, Language, Name, Shown, Text
from api.timestamps import to_utc
from controller.library.bulletins import MOST_MEMBERS, Shelving
from controller.library.models import Blob, Bulletin
from controller.people.rights import Place
from controller.reach.sight import Sight
from scheduler.programmes.programme import Category

Owner = Annotated[
    Id | None,
    Field(
        description="The area whose it is. Absent: the caller's one place, the installation for who may everywhere; "
        "of a version that of its original, where they may."
    ),
]


class VoiceShape(Asked):
    engine: Literal["espeak", "piper"] = "espeak"
    accent: Literal["north", "central", "south"] = "north"
    rate: Annotated[float, Field(ge=0.6, le=1.6, description="1: as the voice speaks by itself.")] = 1.0
    gender: Literal["female", "male"] = "female"


class ShelvingWish(Asked):
    """Where it stands among the others."""

    category: Annotated[
        Category | None, Field(description="Programmes may ask for the newest bulletin of a category.")
    ] = None
    language: Language = "vi"
    version_of: Annotated[Id | None, Field(description="The bulletin that says the same in its original language.")] = (
        None
    )

    owner: Owner = None

    def shelving(self, owner: Place) -> Shelving:
        return Shelving(self.category, self.language, self.version_of, owner)


class TextWish(ShelvingWish):
    """A bulletin that is typed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Họp thôn",
                    "text": "Kính mời bà con đến nhà văn hóa họp lúc 19h30 tối nay, 23/11/2026.",
                    "voice": {"accent": "south", "rate": 0.9},
                }
            ]
        }
    )

    title: Name
    text: Text
    voice: VoiceShape = VoiceShape()
    chime: bool = True


class RecordingWish(ShelvingWish):
    """The fields that come beside a recording, as words of a form."""

    model_config = ConfigDict(strict=False)

    title: Name
    chime: bool = True


class PlaylistWish(ShelvingWish):
    """Bulletins that are heard one after the other."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Bản tin tối",
                    "members": ["5b0c7a52-3a53-4a51-8f0e-6d6a3f0f1f11", "5b0c7a52-3a53-4a51-8f0e-6d6a3f0f1f12"],
                    "chime": True,
                }
            ]
        }
    )

    title: Name
    members: Annotated[
        list[Id], Field(min_length=2, max_length=MOST_MEMBERS, description="Bulletins that are ready, in order.")
    ]
    chime: Annotated[bool, Field(description="At the beginning, between them and at the end.")] = False


class PreviewWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "UBND xã họp lúc 7h30 ngày 2/9."}]})

    text: Text
    owner: Annotated[Id | None, Field(description="The area whose words are read; absent: the caller's one place.")] = (
        None
    )


class PreviewShown(Shown):
    read_as: Annotated[str, Field(description="What will be spoken, word by word.")]


class BulletinSummary(Shown):
    id: Id
    title: str
    kind: Literal["text", "upload", "playlist"]
    state: Literal["rendering", "ready", "failed", "recalled"]
    owner: Annotated[Id | None, Field(description="The area whose it is; null: the installation's.")]
    category: str | None
    language: Annotated[str, Field(description="BCP 47.")]
    version_of: Annotated[Id | None, Field(description="The bulletin of which this is a version.")]
    members: Annotated[list[Id], Field(description="Of a playlist, in order.")]
    held: Annotated[bool, Field(description="No programme takes it by itself before a second person has let it.")]
    problem: Annotated[str | None, Field(description="Code of the reason why it failed.")]
    upload_name: Annotated[str | None, Field(description="What the uploaded file was called.")]
    voice: dict[str, Any]
    chime: bool
    sha256: Annotated[str | None, Field(description="Of the audio that the speakers fetch.")]
    duration_ms: int | None
    size: Annotated[int | None, Field(description="Bytes.")]
    lufs: Annotated[float | None, Field(description="Integrated loudness of the rendered sound.")]
    true_peak_db: float | None
    warnings: list[str]
    created_at: Instant
    created_by: str


class BulletinShown(BulletinSummary):
    text: str | None
    read_as: Annotated[str | None, Field(description="The words that are spoken.")]


BODIES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/TextWish"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["title", "file"],
                    "properties": {
                        "title": {"type": "string", "minLength": 1, "maxLength": 200},
                        "chime": {"type": "boolean", "default": True},
                        "category": {"type": "string", "maxLength": 60},
                        "language": {"type": "string", "default": "vi"},
                        "version_of": {"type": "string", "format": "uuid"},
                        "owner": {"type": "string", "format": "uuid"},
                        "file": {"type": "string", "format": "binary", "description": "A sound of at most 200 MB."},
                    },
                }
            },
        },
    }
}


def named_of(sight: Sight, rows: Sequence[Bulletin]) -> Set[str]:
    """Of what these bulletins name, the bulletins that are seen."""
    names = {name for row in rows for name in (row.original_id, *row.members) if name}
    return names if sight.everything or not names else sight.seen("bulletin", names)


def summary_of(row: Bulletin, blob: Blob | None, named: Set[str]) -> dict[str, Any]:
    return {
        "id": row.id, "title": row.title, "kind": row.kind, "state": row.state, "held": row.held,
        "problem": row.problem, "owner": row.owner_id, "category": row.category, "language": row.language,
        "version_of": row.original_id if row.original_id in named else None,
        "members": [name for name in row.members if name in named],
        "upload_name": row.upload_name, "voice": row.voice, "chime": row.chime, "sha256": row.sha256,
        "duration_ms": blob.duration_ms if blob else None, "size": blob.size if blob else None, "lufs": row.lufs,
        "true_peak_db": row.true_peak_db, "warnings": row.warnings, "created_at": to_utc(row.created_at),
        "created_by": row.created_by,
    }  # fmt: skip
