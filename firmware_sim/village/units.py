"""The village's areas change: by the real service, as it was seen first; and who stands where is noted beside it."""

from typing import TYPE_CHECKING

from controller.areas.changing import carry_out, foresee
from controller.areas.effects import Effects
from controller.areas.wishes import WISHES

if TYPE_CHECKING:
    from firmware_sim.village.village import Village


class Units:
    """Of one village. Hamlets lie in communes, and these in the province or, kept when they became one, in that one."""

    def __init__(self, village: "Village") -> None:
        self._village = village
        self._above = {area: village.communes[number % 2] for number, area in enumerate(village.places)}
        self._home = {device: area for area in village.places for device in village.members[area]}

    def merge(self, *, keep: bool = False, into_first: bool = False) -> str:
        """The two communes become one, a new one or the first of them; its id."""
        village = self._village
        old = list(dict.fromkeys(village.communes))
        if into_first:
            new, old = old[0], old[1:]
            self._do({"kind": "merge", "areas": old, "into": new, "keep": keep})
        else:
            seen = self._do({"kind": "merge", "areas": old, "name": "Xã Gò Công", "keep": keep})
            new = next(area.area for area in seen.areas if area.name_before is None)
        if keep:
            self._above |= dict.fromkeys(old, new)
        else:
            inside = {one: [area for area, commune in self._above.items() if commune == one] for one in old}
            village.schedule.follow(inside)
            self._above = {area: new if above in old else above for area, above in self._above.items()}
        village.communes = [new, new]
        self._count()
        return new

    def hand_over(self, hamlet: int) -> None:
        """A hamlet comes to lie in the other commune, if there are two."""
        area = self._village.places[hamlet]
        other = next((one for one in self._village.communes if one != self._above[area]), None)
        if other is not None and self._above[area] in self._village.communes:
            self._do({"kind": "reparent", "area": area, "parent": other})
            self._above[area] = other
            self._count()

    def resettle(self, device: str, hamlet: int) -> None:
        """A speaker comes to stand in another hamlet."""
        area = self._village.places[hamlet]
        if self._home[device] != area:
            self._do({"kind": "move", "devices": [device], "area": area})
            self._home[device] = area
            self._count()

    def _count(self) -> None:
        """Who hears what from now on; a commune that is no more keeps its own."""
        village = self._village
        members: dict[str, set[str]] = {area: set() for area in {*self._above, *self._above.values()}}
        for device, home in self._home.items():
            area: str | None = home
            while area is not None:
                members[area].add(device)
                area = self._above.get(area)
        village.members |= {area: frozenset(devices) for area, devices in members.items()}
        village.schedule.look_again()

    def _do(self, said: dict[str, object]) -> Effects:
        village, office = self._village, self._village.office
        wish, act = WISHES.validate_python(said), office.act(village.time.now)
        with office.database.write() as session:
            seen = foresee(session, wish, act, office.new_id)
        fingerprint = seen.prospect().fingerprint
        with office.database.write() as session:
            done = carry_out(session, wish, fingerprint, act, office.new_id)
        village.ring()
        return done
