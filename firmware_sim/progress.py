"""What a stretch of sound changes in what is remembered: pure steps from entry to entry.

A stretch is armed, begins, goes on, and is closed with what was heard (us) and why. It is known by the
monotonic instant of its first sample: no two stretches of one speaker share it.
"""

from firmware_sim.entries import AlertEntry, Done, PlayEntry, Sounding, Why

Active = PlayEntry | AlertEntry


def armed(entry: Active, sounding: Sounding, origin: int | None = None) -> Active:
    """The amplifier is about to open; `origin`: where a bulletin's timeline starts, us UTC."""
    update: dict[str, object] = {"sounding": (*entry.sounding, sounding)}
    if isinstance(entry, PlayEntry):
        update["origin"] = origin
    elif sounding.restart:
        update["redo"] = None
    return entry.model_copy(update=update)


def begun(entry: Active, mono: int) -> Active:
    """The first sample of the stretch armed for `mono` has sounded."""
    stretch = next(one for one in entry.sounding if one.mono == mono)
    update: dict[str, object] = {"first": stretch.wall if entry.first is None else entry.first}
    if isinstance(entry, AlertEntry):
        update["restarts"] = entry.restarts + stretch.restart
    return _with(entry, mono, {"begun": True}).model_copy(update=update)


def noted(entry: Active, mono: int, heard: int) -> Active:
    """So much of it has surely sounded: what a power cut cannot take away."""
    return _with(entry, mono, {"heard": heard})


def closed(entry: Active, mono: int, heard: int, why: Why) -> Active:
    """The stretch is over."""
    stretch = next(one for one in entry.sounding if one.mono == mono)
    rest = tuple(one for one in entry.sounding if one.mono != mono)
    update: dict[str, object] = {"sounding": rest}
    if stretch.begun:
        update["last"] = stretch.wall + heard
        if why != "finished" and entry.flaw == "none":
            update["flaw"] = why
    if isinstance(entry, PlayEntry):
        update |= _bulletin(entry, stretch, heard)
    else:
        update |= _part(entry, stretch, heard, why)
    return entry.model_copy(update=update)


def _bulletin(entry: PlayEntry, stretch: Sounding, heard: int) -> dict[str, object]:
    """A bulletin whose first stretch was taken back before it began has not started."""
    if entry.first is None and len(entry.sounding) == 1:
        return {"origin": None}
    mark, aired = max(entry.mark, stretch.position + heard), (*entry.aired, (stretch.wall, heard))
    return {"mark": mark, "heard": entry.heard + heard, "aired": aired}


def _part(entry: AlertEntry, stretch: Sounding, heard: int, why: Why) -> dict[str, object]:
    """A part that never began comes again; one that a power cut interrupted comes again once."""
    if not stretch.begun:
        return {"redo": stretch} if stretch.restart else {}
    if why == "power_cut" and not stretch.restart:
        return {"redo": stretch.model_copy(update={"begun": False, "heard": 0})}
    done = Done(cycle=stretch.repeat, part=stretch.part, sha256=stretch.sha256, heard=heard, length=stretch.length)
    return {"done": (*entry.done, done)}


def _with(entry: Active, mono: int, update: dict[str, object]) -> Active:
    changed = tuple(one.model_copy(update=update) if one.mono == mono else one for one in entry.sounding)
    return entry.model_copy(update={"sounding": changed})
