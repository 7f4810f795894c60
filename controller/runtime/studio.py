"""The studio of production: reading rules, a speaking engine and the sound pipeline behind one port."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from controller.audio.errors import AudioError
from controller.audio.joining import join
from controller.audio.pipeline import Rendered, alert_tone, render
from controller.audio.tools import bundled_tools
from controller.library.studio import StudioError, Take, VoiceWish
from controller.reading.preview import read_as as read
from controller.speech.errors import SpeechError
from controller.speech.voice import VoiceChoice
from controller.speech.voices import voice_for


class SoundStudio:
    """See the port `Studio`; `voices` is the folder of Piper voices."""

    def __init__(self, voices: Path) -> None:
        self._voices = voices
        self._tools = bundled_tools()

    def read_as(self, text: str, glossary: Mapping[str, str]) -> str:
        return read(text, glossary)

    def from_text(self, read_as: str, wish: VoiceWish, *, chime: bool, folder: Path) -> Take:
        spoken = folder / "spoken.wav"
        with _coded():
            choice = VoiceChoice(wish.engine, wish.accent, wish.rate, wish.gender)  # type: ignore[arg-type]
            voice_for(choice, self._voices).speak(read_as, spoken)
            return _take(render(spoken, folder, self._tools, chime=chime))

    def from_file(self, upload: Path, *, chime: bool, folder: Path) -> Take:
        with _coded():
            return _take(render(upload, folder, self._tools, chime=chime))

    def from_members(self, members: Sequence[Path], *, chime: bool, folder: Path) -> Take:
        joined = folder / "joined.wav"
        with _coded():
            join(members, joined, chime=chime)
            return _take(render(joined, folder, self._tools, chime=chime))

    def tone(self, folder: Path) -> Take:
        with _coded():
            return _take(alert_tone(folder, self._tools))


def _take(made: Rendered) -> Take:
    return Take(made.opus, made.wav, made.duration_ms, made.lufs, made.true_peak_db, made.warnings)


@contextmanager
def _coded() -> Iterator[None]:
    try:
        yield
    except (AudioError, SpeechError) as error:
        raise StudioError(error.code, **error.data) from error
