"""Filter chains that every pass over a source begins with: even time, numbers only, at most two channels."""

from controller.audio.scan import Track

_FLOATS = ("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be")
_ONLY_NUMBERS = r"aeval=if(isnan(val(ch))+isinf(val(ch))\,0\,clip(val(ch)\,-16\,16)):c=same,"

FRAMES = "asetnsamples=n=8192:p=0,asetpts=N/SR/TB"
"""Even time, and frames so large that handing them on costs little."""


def cleaned(track: Track) -> str:
    """The start of every measured chain: one layout, and numbers only."""
    layout = f"aformat=channel_layouts={track.layout}," if track.layout else ""
    return f"{_ONLY_NUMBERS if track.codec in _FLOATS else ''}{layout}aresample={track.rate}"


def as_stereo(track: Track) -> str:
    """At most two channels of whatever there is: by layout where it is known, else odd and even channels."""
    if track.channels <= 2:
        return "anull"
    if track.layout:
        return "aformat=channel_layouts=stereo"
    sides = ("+".join(f"{2 / track.channels:.3f}*c{n}" for n in range(side, track.channels, 2)) for side in (0, 1))
    return "pan=stereo|" + "|".join(f"c{n}={mixed}" for n, mixed in enumerate(sides))
