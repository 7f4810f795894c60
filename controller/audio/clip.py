"""Short clips, the one door to pydub: the chime, the alert tone, and where a recording begins to sound.

All sounds are made here from numbers; nothing is longer than ten seconds and no file is opened.
"""

import warnings
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from controller.audio.peaks import Samples
from controller.audio.wavefile import RATE, Pcm, to_pcm

with warnings.catch_warnings():
    # On import pydub complains of a missing ffmpeg, which it is never asked to run here.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

OPENING_HZ = (261.63, 329.63, 392.0)
CLOSING_HZ = tuple(reversed(OPENING_HZ))
CHIME_GAIN = 0.32
NOTE_S, NOTE_GAP_MS, PAUSE_MS = 1.6, 420, 500
PARTIALS = range(1, 15)
"""A plucked string: harmonics up to 4 kHz, because a horn sounds little below 400 Hz."""
DECAY_PER_S = 2.6

SIREN_HZ = (600.0, 1500.0)
SIREN_GAIN = 0.174
SIREN_RISE_S, SIREN_RISES = 0.5, 6

SOUND_DBFS = -50.0
SEARCH_MS = 10


def opening_chime() -> Pcm:
    """Three rising notes and a short pause, before a bulletin."""
    return _pcm(_chime(OPENING_HZ) + AudioSegment.silent(PAUSE_MS, RATE))


def closing_chime() -> Pcm:
    """A short pause and the three notes falling, after a bulletin."""
    return _pcm(AudioSegment.silent(PAUSE_MS, RATE) + _chime(CLOSING_HZ))


def siren() -> Pcm:
    """The alert tone: six fast rises, three seconds, like nothing else that goes on air."""
    low, high = SIREN_HZ
    time = np.arange(int(SIREN_RISE_S * RATE)) / RATE
    growth = np.log(high / low) / SIREN_RISE_S
    phase = 2 * np.pi * low * (np.exp(growth * time) - 1) / growth
    rise = sum(np.sin(order * phase) / order for order in (1, 2, 3))
    clip = _segment(SIREN_GAIN * np.tile(rise, SIREN_RISES))
    return _pcm(clip.fade_in(10).fade_out(30))


def leading_silence(windows: Iterable[Samples]) -> int:
    """Samples before the first sound, from short windows of levelled samples; 0 if nothing ever sounds."""
    before = 0
    for window in windows:
        clip = _segment(window)
        silent_ms = int(detect_leading_silence(clip, SOUND_DBFS, SEARCH_MS))
        if silent_ms < len(clip):
            return before + silent_ms * RATE // 1000
        before += len(window)
    return 0


def _chime(notes: tuple[float, ...]) -> AudioSegment:
    length = NOTE_GAP_MS * (len(notes) - 1) + int(NOTE_S * 1000)
    chime = AudioSegment.silent(length, RATE)
    for place, note in enumerate(notes):
        chime = chime.overlay(_segment(CHIME_GAIN * _note(note)), position=place * NOTE_GAP_MS)
    return chime.fade_out(200)


def _note(hertz: float) -> npt.NDArray[np.float64]:
    time = np.arange(int(NOTE_S * RATE)) / RATE
    string = sum(np.sin(2 * np.pi * order * hertz * time + 0.7 * order) / order for order in PARTIALS)
    return np.asarray(string * np.exp(-DECAY_PER_S * time) * np.minimum(1, time / 0.008))


def _segment(samples: npt.NDArray[np.floating]) -> AudioSegment:
    return AudioSegment(to_pcm(samples).tobytes(), sample_width=2, frame_rate=RATE, channels=1)


def _pcm(clip: AudioSegment) -> Pcm:
    return np.frombuffer(clip.raw_data, np.int16)
