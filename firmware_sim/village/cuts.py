"""The radio model's cuts in a village: each link breaks by itself, and comes back."""

from dataclasses import dataclass

from firmware_sim import runtime
from firmware_sim.radio.model import RadioModel
from firmware_sim.radio.radio import Radio
from firmware_sim.village.deeds.speakers import faded
from firmware_sim.village.deeds.stage import Stage


@dataclass(frozen=True)
class Cuts:
    """As often as the model says, `rarer` times rarer, and for as long; none begins after `until` (us UTC)."""

    stage: Stage
    model: RadioModel
    rarer: int
    until: int

    def begin(self) -> None:
        for number, pole in enumerate(self.stage.village.poles):
            dice = runtime.dice(f"{self.stage.village.seed}/cuts/{pole.identity.device}")
            self._wait(number, Radio(self.model, dice))

    def _wait(self, number: int, radio: Radio) -> None:
        time = self.stage.village.time
        at = time.now + radio.next_cut() * self.rarer
        if at < self.until:
            time.at(at, lambda: self._cut(number, radio))

    def _cut(self, number: int, radio: Radio) -> None:
        span = radio.outage()
        faded(self.stage, (number,), span)
        self.stage.village.time.after(span, lambda: self._wait(number, radio))
