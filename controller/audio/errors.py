"""Why a sound was refused or could not be made. Each refusal has a stable `code` that people see."""

from typing import ClassVar


class AudioError(Exception):
    """A sound that must not go on air; `data` holds what was seen, never a path of the server."""

    code: ClassVar[str] = "audio_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data

    def __str__(self) -> str:
        seen = ", ".join(f"{name}={value}" for name, value in self.data.items())
        return f"{self.code}({seen})"


class ChildUnavailable(AudioError):
    """A program that we need cannot be started: missing, not executable, or no process left."""

    code = "child_unavailable"


class ChildTimeout(AudioError):
    """A child process did not end in time and was killed with all it had started."""

    code = "child_timeout"


class ChildFlooded(AudioError):
    """A child process wrote more than it was allowed to and was killed."""

    code = "child_flooded"


class Refused(AudioError):
    """The fault lies in the file: it stays refused however often it is tried."""

    code = "refused"


class NotAudio(Refused):
    """A picture, a text, an archive or another thing that is no sound; `kind` names it where known."""

    code = "not_audio"


class UnsafeContainer(Refused):
    """A playlist or description that only points at other files or addresses; `kind` names it."""

    code = "unsafe_container"


class NoDecodableAudio(Refused):
    """Empty, broken, or without a sound track that we can decode."""

    code = "no_decodable_audio"


class TooLarge(Refused):
    """The file has more bytes than are taken; `bytes` and `max_bytes`."""

    code = "too_large"


class TooLong(Refused):
    """It sounds longer than is allowed; `max_seconds`."""

    code = "too_long"


class TooShort(Refused):
    """Too short to be heard as anything; `seconds` and `min_seconds`."""

    code = "too_short"


class ExpandsTooMuch(Refused):
    """A few bytes that claim to be hours, or packets that are more than the file: a decompression bomb."""

    code = "expands_too_much"


class UnusableFormat(Refused):
    """A sampling rate or a number of channels that no recording has; `rate` in Hz or `channels`."""

    code = "unusable_format"


class SilentAudio(Refused):
    """Nothing in it would be heard; `lufs` of its loudest moment."""

    code = "silent_audio"


class DecodeTimeout(Refused):
    """Decoding took more time than any sound of this length may take; `seconds`."""

    code = "decode_timeout"


class EncodeFailed(AudioError):
    """Our own sound could not be encoded or written: disk full, program missing; `reason`."""

    code = "encode_failed"
