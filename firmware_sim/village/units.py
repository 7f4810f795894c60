"""The village's areas change: by the real service, as it was seen first; and who stands where is noted beside it."""

from typing import TYPE_CHECKING

from controller.areas.changing import carry_out, foresee
from controller.areas.effects import Effects
from controller.areas.wishes import WISHES

if TYPE_CHECKING:
    from firmware_sim.village.village import Village


class Units:
    """Of one village."""

    def __init__(self, village: "Village") -> None:
        self._village = village

    def merge(self, *, keep: bool = False) -> str:
        """The two communes become one; its id."""
        village = self._village
        old = list(dict.fromkeys(village.communes))
        seen = self._do({"kind": "merge", "areas": old, "name": "Xã Gò Công", "keep": keep})
        new = next(area.area for area in seen.areas if area.name_before is None)
        village.members[new] = village.targets(old, ())
        village.communes = [new, new]
        return new

    def hand_over(self, hamlet: int) -> None:
        """A hamlet comes to lie in the other commune."""
        village = self._village
        area = village.places[hamlet]
        there = {pole.identity.device for pole in village.hamlets[hamlet]} & village.members[area]
        old = next((one for one in village.communes if there and there <= village.members[one]), None)
        new = next((one for one in village.communes if one != old), None)
        if old is None or new is None:
            return
        self._do({"kind": "reparent", "area": area, "parent": new})
        village.members[old] = village.members[old] - village.members[area]
        village.members[new] = village.members[new] | village.members[area]
        village.schedule.look_again()

    def resettle(self, device: str, hamlet: int) -> None:
        """A speaker comes to stand in another hamlet."""
        village = self._village
        old = next(area for area in village.places if device in village.members[area])
        new = village.places[hamlet]
        if old == new:
            return
        self._do({"kind": "move", "devices": [device], "area": new})
        around = {area for area in village.communes if village.members[area] & village.members[new]}
        for area in {old, *village.communes}:
            village.members[area] = village.members[area] - {device}
        for area in {new, *around}:
            village.members[area] = village.members[area] | {device}
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
