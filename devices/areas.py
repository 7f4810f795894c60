"""The tree of areas: who hears whom. Pure questions on a mapping of area to parent."""

from collections.abc import Iterable, Mapping

Parents = Mapping[str, str | None]
"""Area id to its parent's id; None for a root."""
MAX_DEPTH = 16
"""So many areas, one in the other, a speaker's configuration can name."""
WITHIN = " / "
"""Between the names of a path."""


def lineage(area: str, parents: Parents) -> tuple[str, ...]:
    """The area and its ancestors, nearest first."""
    path = [area]
    while (parent := parents[path[-1]]) is not None:
        path.append(parent)
    return tuple(path)


def topmost(areas: Iterable[str], parents: Parents) -> list[str]:
    """The areas without those that lie inside another of them, in a fixed order."""
    chosen = set(areas)
    return sorted(area for area in chosen if chosen.isdisjoint(lineage(area, parents)[1:]))


def path(area: str, parents: Parents, names: Mapping[str, str]) -> str:
    """An area as people name it, the widest first: `Tỉnh Tiền Giang / Xã Tân Đông / Ấp 3`."""
    return WITHIN.join(names[one] for one in reversed(lineage(area, parents)))


def meeting(areas: Iterable[str], parents: Parents) -> str | None:
    """The nearest area in which all of these lie; None: there is none."""
    paths = [lineage(area, parents) for area in areas if area in parents]
    return next((one for one in paths[0] if all(one in path for path in paths)), None) if paths else None
