"""Every kind of wish that may wait for a second person, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from controller.approvals.airing import Alerting, Broadcasting
from controller.approvals.deed import AnyDeed
from controller.approvals.guarding import KeyMaking, PolicySetting
from controller.approvals.letting import BulletinLetting
from controller.approvals.planning import GroupChanging, ProgrammeChanging, ProgrammeMaking, ProgrammesMaking
from controller.approvals.redrawing import AreaChanging
from controller.approvals.staffing import PersonStanding, RoleEnding, RoleGiving

BROADCAST, ALERT = Broadcasting(), Alerting()
PROGRAMME, PROGRAMME_CHANGE, PROGRAMMES, GROUP = (
    ProgrammeMaking(),
    ProgrammeChanging(),
    ProgrammesMaking(),
    GroupChanging(),
)
BULLETIN = BulletinLetting()
ROLE, ROLE_END, STANDING = RoleGiving(), RoleEnding(), PersonStanding()
KEY, POLICY, AREA_CHANGE = KeyMaking(), PolicySetting(), AreaChanging()

_ALL: tuple[AnyDeed, ...] = (
    BROADCAST, ALERT, PROGRAMME, PROGRAMME_CHANGE, PROGRAMMES, GROUP, BULLETIN, ROLE, ROLE_END, STANDING, KEY, POLICY,
    AREA_CHANGE,
)  # fmt: skip
DEEDS: Mapping[str, AnyDeed] = MappingProxyType({one.kind: one for one in _ALL})
