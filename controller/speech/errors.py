"""Why a text could not be spoken. Each refusal has a stable `code` that people see."""

from typing import ClassVar


class SpeechError(Exception):
    """No speech was made and no file left; `data` holds what was seen."""

    code: ClassVar[str] = "speech_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data

    def __str__(self) -> str:
        seen = ", ".join(f"{name}={value}" for name, value in self.data.items())
        return f"{self.code}({seen})"


class NothingToSay(SpeechError):
    """The text holds no letter and no digit."""

    code = "nothing_to_say"


class SpeechFailed(SpeechError):
    """The engine crashed, refused, or gave no sound."""

    code = "speech_failed"


class SpeechTimeout(SpeechError):
    """The engine did not end in time and was killed."""

    code = "speech_timeout"


class VoiceUnknown(SpeechError):
    """No such engine, accent or gender, or no voice file for it."""

    code = "voice_unknown"


class RateOutOfRange(SpeechError):
    """The rate is no number from 0.6 to 1.6."""

    code = "rate_out_of_range"
