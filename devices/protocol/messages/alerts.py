"""An emergency order: tone first, speech as soon as it has come."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from devices.protocol.messages.frame import Signed
from devices.protocol.units import Bitmap, Instant, Millis, Percent, Sha256, Uuid


class Alert(Signed):
    """One revision of an alert; a higher `rev` replaces it, parts already heard do not repeat."""

    type: Literal["alert"] = "alert"
    alert: Uuid
    """Its name: order and occurrence in receipts."""
    rev: Annotated[int, Field(ge=1, le=65535)]
    """Revision: the highest one counts."""
    action: Literal["sound", "cancel"]
    """Sound it, or be silent at once and for good."""
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
    """Length of the speech, ms; 0 without one."""
    silent_speech: bool = False
    """True: there will be no speech, the tone is all."""
    repeats: Annotated[int, Field(ge=1, le=20)]
    """How often tone and speech sound."""
    gap: Millis
    """Silence between the end of a speech and the next tone, ms."""
    volume: Percent
    """Loudness, 0-100 % of the speaker's own maximum; the configuration does not limit it."""
    only: Bitmap | None = None
    """The speaker numbers in this area that it is for; absent: every speaker that hears it."""

    @model_validator(mode="after")
    def _starts_before_it_expires(self) -> Self:
        if self.start_at > self.expires_at:
            raise ValueError("expires before its start")
        return self

    @model_validator(mode="after")
    def _speech_is_whole_or_absent(self) -> Self:
        told = {self.speech is not None, self.speech_at is not None, self.speech_duration > 0}
        if len(told) > 1 or (self.speech is not None and self.silent_speech):
            raise ValueError("half a speech")
        if self.speech_at is not None and self.speech_at < self.start_at:
            raise ValueError("speech before the tone")
        return self
