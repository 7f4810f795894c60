"""An emergency order: tone first, speech as soon as it has come."""

from typing import Annotated, Literal

from pydantic import Field

from devices.protocol.messages.frame import Signed
from devices.protocol.units import Bitmap, Instant, Millis, Percent, Sha256, Uuid


class Alert(Signed):
    """One revision of an alert; a higher `rev` replaces it, parts already heard do not repeat."""

    type: Literal["alert"] = "alert"
    alert: Uuid
    rev: Annotated[int, Field(ge=1, le=65535)]
    action: Literal["sound", "cancel"]
    start_at: Instant
    """When the first tone sounds, us UTC; a speaker that hears of it later starts at once."""
    expires_at: Instant
    """No sample sounds after this, us UTC; at most 8 days after `issued_at`."""
    tone: Sha256
    """A clip that every speaker already holds (configuration `clips`)."""
    speech: Sha256 | None = None
    """The spoken text; absent while it is still being made."""
    speech_at: Instant | None = None
    """When the speech starts on speakers that hold it by then, us UTC."""
    speech_duration: Millis = 0
    silent_speech: bool = False
    """True: there will be no speech, the tone is all."""
    repeats: Annotated[int, Field(ge=1, le=20)]
    """How often tone and speech sound."""
    gap: Millis
    """Silence between the end of a speech and the next tone, ms."""
    volume: Percent
    only: Bitmap | None = None
