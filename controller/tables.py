"""Every table of the product, so that one import knows the whole schema."""

from sqlmodel import SQLModel

from controller.alerts import models as alerts
from controller.broadcast import models as broadcast
from controller.deliveries import models as deliveries
from controller.library import models as library
from controller.people import append_only
from controller.people import approval_models as approvals
from controller.people import models as people
from controller.people.entrance import models as entrance
from devices import models as devices
from scheduler import models as scheduler
from scheduler.air import models as air
from scheduler.calendars import models as calendars
from scheduler.programmes import models as programmes

ROOMS = (
    alerts, broadcast, deliveries, library, people, approvals, entrance, devices, scheduler, air, calendars, programmes,
)  # fmt: skip
METADATA = SQLModel.metadata

append_only.watch_new_tables()
