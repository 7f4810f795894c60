"""What `loa rehearse` says of a run: words or one object, the page, and the shortest history that fails like it."""

from dataclasses import dataclass
from pathlib import Path

from api.cli.rehearsed import Crash, Ending, kinds, shortest_alike
from api.cli.screen import result, result_json, say
from firmware_sim.village import report
from firmware_sim.village.happenings import Happening
from firmware_sim.village.rehearsal import Outcome, Wish
from firmware_sim.village.shrink import MOST_TRIES


@dataclass(frozen=True)
class Telling:
    wish: Wish
    happenings: tuple[Happening, ...]
    ending: Ending
    wall_s: float

    def tell(self, as_json: bool, page: Path | None, shrink: bool) -> None:
        """What was found comes out, whatever becomes of the page and of the search for a short history."""
        short = None
        if not as_json:
            self._say()
        try:
            self._write(page)
            if kinds(self.ending) and shrink:
                short = self._made_short(quiet=as_json)
        finally:
            if as_json:
                result_json(self._numbers() | ({"shortest": short} if kinds(self.ending) else {}))

    def _say(self) -> None:
        if isinstance(self.ending, Crash):
            say(f"{self.ending.told}crashed: {self._again()}")
            return
        for line in report.in_words(self.ending, self.wall_s):
            result(line)

    def _numbers(self) -> dict[str, object]:
        if isinstance(self.ending, Outcome):
            return report.as_json(self.ending, self.wall_s)
        return report.asked(self.wish) | {"verdict": "crashed", "error": self.ending.error, "again": self._again()}

    def _again(self) -> str:
        return report.rerun(self.wish, self.happenings)

    def _write(self, page: Path | None) -> None:
        if page is not None and isinstance(self.ending, Outcome):
            from firmware_sim.village.page import page as whole

            page.write_text(whole(self.ending, self.wall_s), "utf-8")

    def _made_short(self, quiet: bool) -> dict[str, object]:
        say(f"looks for a shorter history that fails like this one: {MOST_TRIES} runs at most")
        kept = shortest_alike(self.wish, self.happenings, self.ending, quiet)
        places = report.numbered(self.wish.history(), kept)
        again = report.again(self.wish, places)
        say(f"the shortest history found that fails ({len(kept)} of {len(self.happenings)} happenings):")
        for place, one in places.items():
            say(f"{place:5} {one}")
        say(f"again: {again}")
        return {"again": again, "happenings": {str(place): str(one) for place, one in places.items()}}
