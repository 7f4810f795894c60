"""The signed table of contents of a piece of audio."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from devices.protocol.messages.frame import Signed
from devices.protocol.units import MAX_CHUNKS, Instant, Length, Sha256

Codec = Literal["ogg-opus"]


class Manifest(Signed):
    """Retained at `blob/{sha256}/m`; the chunks are raw bytes at `blob/{sha256}/{i}`."""

    type: Literal["manifest"] = "manifest"
    sha256: Sha256
    """The whole content; `to` and the topic name it too."""
    size: Annotated[int, Field(ge=1, le=MAX_CHUNKS * 65_536)]
    """Whole length, bytes."""
    chunk_bytes: Annotated[int, Field(ge=1_024, le=65_536)]
    """Length of every chunk but the last, bytes."""
    chunks: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=MAX_CHUNKS)]
    """SHA-256 of each chunk, in order."""
    codec: Codec
    """Ogg Opus (RFC 7845), one channel."""
    duration: Length
    """Length of the decoded sound, ms."""
    expires_at: Instant
    """When the broker's copy goes away, us UTC; a clip held for ever has the year 2100."""

    @model_validator(mode="after")
    def _names_itself_and_all_its_chunks(self) -> Self:
        if self.to != f"blob/{self.sha256}":
            raise ValueError("the manifest of another blob")
        if len(self.chunks) != -(-self.size // self.chunk_bytes):
            raise ValueError("size and chunks differ")
        return self
