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
