"""The plan that this speaker holds, with its rules of the air. Kept across reboots; replaced as a whole."""

from pydantic import BaseModel, ValidationError

from devices.protocol.messages.plans import Plan
from devices.protocol.trust import check_sequence
from firmware_sim.airrules import UNBOUND, AirRules, rules_of
from firmware_sim.errors import NoSpace
from firmware_sim.flash import Flash

ITEM = "plan"


class _Stored(BaseModel):
    plan: Plan
    digest: str
    staged: frozenset[str]
    by: str = ""
    """Id of the key that said it."""


class HeldPlan:
    """Before the first plan there are no rules."""

    def __init__(self, flash: Flash) -> None:
        self._flash = flash
        self._stored: _Stored | None = None
        self.rules: AirRules = UNBOUND

    def load(self) -> None:
        try:
            self._hold(_Stored.model_validate_json(self._flash.get(ITEM) or b""))
        except ValidationError:
            return

    def is_new(self, plan: Plan, digest: str) -> bool:
        """Whether it differs from the one held; Stale or Conflicting for an older or another one of this number."""
        held = self._stored.digest if self._stored else ""
        check_sequence(self.seq, held, plan.seq, digest)
        return digest != held

    def take(self, plan: Plan, digest: str, staged: frozenset[str], by: str) -> None:
        """Replace what is held; NoSpace if the flash refuses: the old one stays. `staged`: blobs to fetch ahead."""
        self._keep(_Stored(plan=plan, digest=digest, staged=staged, by=by))

    def vouch(self, by: str) -> None:
        """Another key has said the same. NoSpace."""
        if self._stored is not None:
            self._keep(self._stored.model_copy(update={"by": by}))

    def drop(self) -> None:
        """As if there had never been one: no airings, no rules, no number."""
        self._flash.delete(ITEM)
        self._stored, self.rules = None, UNBOUND

    def _keep(self, stored: _Stored) -> None:
        raw = stored.model_dump_json().encode()
        if not self._flash.put(ITEM, raw):
            raise NoSpace(size=len(raw))
        self._hold(stored)

    @property
    def plan(self) -> Plan | None:
        return self._stored.plan if self._stored else None

    @property
    def by(self) -> str:
        return self._stored.by if self._stored else ""

    @property
    def seq(self) -> int:
        return self._stored.plan.seq if self._stored else 0

    @property
    def staged(self) -> frozenset[str]:
        """Blobs that may be fetched long before they are needed, as chosen when the plan was taken."""
        return self._stored.staged if self._stored else frozenset()

    def _hold(self, stored: _Stored) -> None:
        self._stored, self.rules = stored, rules_of(stored.plan)
