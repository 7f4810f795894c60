"""What every engine's run has in common: its end is judged, and the file appears only when it is whole."""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from wave import Error as WaveError
from wave import open as open_wave

from controller.audio.errors import AudioError, ChildTimeout
from controller.speech.errors import SpeechFailed, SpeechTimeout

START_S = 20.0
LETTERS_PER_S = 500
"""Far below what the slowest engine does on an old PC; a longer silence of the child is a hang."""
SILENT_BELOW = 100
"""Of 32,768: no engine's voice stays under this."""
FRAMES_AT_A_TIME = 1 << 16


def time_for(letters: int) -> float:
    """Seconds that a text of so many letters may take."""
    return START_S + letters / LETTERS_PER_S


@contextmanager
def made_whole(wav: Path) -> Iterator[Path]:
    """A name beside `wav` to write to; it becomes `wav` if it holds sound, and goes if anything failed.

    Failures of the child or the disk become SpeechTimeout or SpeechFailed.
    """
    part = wav.with_name(f"{wav.name}.part")
    try:
        yield part
        if not _has_sound(part):
            raise SpeechFailed(reason="silent")
        part.replace(wav)
    except ChildTimeout as error:
        raise SpeechTimeout(**error.data) from error
    except (AudioError, OSError, WaveError, EOFError) as error:
        raise SpeechFailed(reason=getattr(error, "code", type(error).__name__)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _has_sound(wav: Path) -> bool:
    with wav.open("rb") as opened, open_wave(opened, "rb") as sound:
        while frames := sound.readframes(FRAMES_AT_A_TIME):
            samples = array("h", frames)
            if max(samples) > SILENT_BELOW or min(samples) < -SILENT_BELOW:
                return True
    return False
