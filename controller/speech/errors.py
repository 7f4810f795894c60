"""Why a text could not be spoken."""

from typing import ClassVar


class SpeechError(Exception):
    """Base; `data` holds what was seen."""

    code: ClassVar[str] = "speech_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data


class SpeechFailed(SpeechError):
    """The engine ended badly, or gave no sound."""

    code = "speech_failed"


class SpeechTimeout(SpeechError):
    """The engine took too long and was ended."""

    code = "speech_timeout"


class VoiceUnknown(SpeechError):
    """No such engine, accent or voice file here."""

    code = "voice_unknown"


class NothingToSay(SpeechError):
    """The text has no letter in it."""

    code = "nothing_to_say"
