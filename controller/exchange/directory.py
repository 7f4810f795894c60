"""Who is called what: names and paths as offices write them to ids and back. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from controller.exchange.faults import CellRefused
from devices.areas import WITHIN
from scheduler.recurrence.folding import folded

Kind = Literal["area", "bulletin", "category", "group", "speaker"]
Path = tuple[str, ...]
"""Names from the widest to the nearest; what is no area has one."""
LIST = ";"
"""Between several names in one cell."""
Index = Mapping[Path, frozenset[str]]


@dataclass
class Directory:
    """What there is of each kind: id to path. Accents, case and the kind of place (`Xã`, `Ấp`) count only where names
    differ in nothing else."""

    paths: Mapping[Kind, Mapping[str, Path]]
    _indexes: dict[Kind, tuple[Index, ...]] = field(default_factory=dict)

    def find(self, kind: Kind, said: str) -> str:
        """The id of a name, a path, the end of a path, or an id. CellRefused: `unknown` (`_commas`) or `several`."""
        wanted = said.strip()
        if wanted in self.paths[kind]:
            return wanted
        segments = tuple(wanted.split("/")) if kind == "area" else (wanted,)
        for index, compared in zip(self._index(kind), _COMPARED, strict=False):
            found = index.get(tuple(map(compared, segments)), frozenset())
            if len(found) == 1:
                return next(iter(found))
            if found:
                raise CellRefused("several", wanted)
        raise CellRefused("unknown_commas" if "," in wanted else "unknown", wanted)

    def category(self, said: str) -> str:
        """As bulletins have it; where none has, as it was said: it may be the first."""
        try:
            return self.find("category", said)
        except CellRefused:
            return said

    def written(self, kind: Kind, name: str) -> str:
        """How it is written so that it is found again: by its path, or where that is not unique by its id."""
        path = self.paths[kind].get(name)
        said = WITHIN.join(path) if path else name
        try:
            return said if LIST not in said and "\n" not in said and self.find(kind, said) == name else name
        except CellRefused:
            return name

    def _index(self, kind: Kind) -> tuple[Index, ...]:
        if kind not in self._indexes:
            known = self.paths[kind]
            whole = {name: [path] for name, path in known.items()}
            ends = {name: [path[begin:] for begin in range(len(path))] for name, path in known.items()}
            indexes = (_indexed(whole, _exact), _indexed(ends, _exact), _indexed(ends, folded))
            self._indexes[kind] = (*indexes, _indexed(ends, _bare)) if kind == "area" else indexes
        return self._indexes[kind]


def _exact(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


_KIND = re.compile(r"^(?:tinh|thanh pho|quan|huyen|thi xa|thi tran|phuong|xa|ap|thon|khu pho|khom) (?=\D)")


def _bare(name: str) -> str:
    """A name that is no number without the kind of place before it."""
    return _KIND.sub("", folded(name))


_COMPARED: tuple[Callable[[str], str], ...] = (_exact, _exact, folded, _bare)
"""How segments are compared, index by index; the last one is for areas."""


def _indexed(paths: Mapping[str, list[Path]], compared: Callable[[str], str]) -> Index:
    found: dict[Path, set[str]] = {}
    for name, several in paths.items():
        for path in several:
            found.setdefault(tuple(map(compared, path)), set()).add(name)
    return {path: frozenset(names) for path, names in found.items()}
