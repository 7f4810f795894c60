"""A running installation: opened in order, closed in reverse; what `loa serve` and `loa demo` run."""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import structlog
from sqlmodel import select

from controller.alerts.raising import TONE
from controller.certificates.broker_files import BrokerFiles
from controller.controller import Controller
from controller.db import Database, Witness
from controller.enrolment.guesses import Guesses
from controller.keyring import write_secret
from controller.keys.live import LiveKeys
from controller.library.store import Store
from controller.migrations.apply import upgrade
from controller.people.anchors import Anchorer
from controller.people.api_keys import add_key, make_key
from controller.people.audit import Act
from controller.people.entrance.links import first_link
from controller.people.models import ApiKey
from controller.programmes.almanac import Almanac
from controller.runtime import world
from controller.runtime.composition import (
    World,
    build_almanac,
    build_controller,
    build_entrance,
    build_renderers,
    build_sign_on,
)
from controller.runtime.door import authority_of, broker_files, build_doorkeeper, public_address
from controller.runtime.folder import DataFolder
from controller.runtime.keys import TellRoot, keys_of
from controller.runtime.loop import ControllerLoop
from controller.runtime.services import Services
from controller.runtime.studio import SoundStudio
from controller.runtime.worker import Worker
from controller.settings import Settings
from devices.broker.broker import Broker
from devices.broker.choice import BrokerSettings, choose_broker
from devices.mqtt import MqttLink
from devices.protocol.topics import Topics
from scheduler.engine import Engine

log = structlog.get_logger()

WORLD = World(world.now, world.new_id)
WITNESS = Witness(world.entropy, world.clock_source)


@dataclass(frozen=True)
class Installation:
    """What runs, and the key that was made if this was the first start."""

    services: Services
    broker: Broker
    first_key: str | None
    first_link: str | None
    """The page on which the first administrator sets a password; None where there is an administrator."""


@contextmanager
def running(settings: Settings, tell_root: TellRoot) -> Iterator[Installation]:
    """Start everything but the web interface; stop it all at the end. `tell_root` hears of a root key made now.

    Raises DataFolderInUse, KeysError, BrokerError.
    """
    with ExitStack() as stack:
        folder = DataFolder(settings.data.absolute())
        folder.prepare()
        stack.callback(os.close, folder.lock())
        database = Database(folder.database, witness=WITNESS)
        stack.callback(database.close)
        upgrade(database.engine)
        keys = keys_of(folder, settings, tell_root)
        first_key = ensure_api_key(database, folder)
        authority = authority_of(folder, settings, keys(), database)
        files = broker_files(settings, folder, database, keys(), authority)
        broker = stack.enter_context(_broker(settings, folder, files))
        services = _start(stack, settings, folder, database, keys, broker, files)
        yield Installation(services, broker, first_key, ensure_first_link(database, folder))


def ensure_api_key(database: Database, folder: DataFolder) -> str | None:
    """Make the administrator's key on the first start; None where there is one already."""
    with database.write() as session:
        if session.exec(select(ApiKey)).first() is not None:
            return None
        key = make_key(world.entropy(24))
        add_key(session, world.new_id(), "administrator", key, "administrator", world.now())
        write_secret(folder.api_key, key.encode("ascii"))
    return key


def ensure_first_link(database: Database, folder: DataFolder) -> str | None:
    """A fresh link at each start, until somebody has used one; the file of the one before goes."""
    folder.first_link.unlink(missing_ok=True)
    with database.write() as session:
        return first_link(session, Act("start", "this machine", world.now()), world.entropy)


def _broker(settings: Settings, folder: DataFolder, files: BrokerFiles) -> Broker:
    mqtt = settings.mqtt
    return choose_broker(
        BrokerSettings(
            folder.broker, url=mqtt.url, kind=mqtt.broker, port=mqtt.port, filters=mqtt.filters, tls=mqtt.tls,
            host=mqtt.host, guard=files.guard() if mqtt.tls else None,
        )
    )  # fmt: skip


def _start(
    stack: ExitStack, settings: Settings, folder: DataFolder, database: Database, keys: LiveKeys, broker: Broker,
    files: BrokerFiles,
) -> Services:  # fmt: skip
    store = Store(folder.store)
    studio = SoundStudio(folder.voices)
    renderer, voice = build_renderers(settings, database, store, studio, folder, WORLD)
    renderer.ensure_clip(TONE, studio.tone)
    anchorer = Anchorer(database, folder.audit_anchors, keys().tenant, lambda: keys().keys["control"], world.now)
    stack.callback(anchorer.do_once, at_once=True)
    loop, link, plan_once = _controller(stack, settings, database, store, keys, broker)
    workers = (
        Worker("loa-studio", renderer.do_once), Worker("loa-alert-voice", voice.do_once),
        Worker("loa-almanac", plan_once),
        Worker("loa-door", build_doorkeeper(settings, folder, database, keys, broker, link, files).do_once),
        Worker("loa-anchor", anchorer.do_once),
    )  # fmt: skip
    for worker in workers:
        worker.start()
        stack.callback(worker.stop)

    def ring() -> None:
        loop.ring()
        workers[2].ring()

    entrance = build_entrance(settings, database, folder, WORLD, world.entropy)
    return Services(
        settings=settings, database=database, store=store, keys=keys, entrance=entrance, studio=studio, ring=ring,
        sign_on=build_sign_on(settings, entrance, WORLD, world.monotonic),
        ring_studio=workers[0].ring, ring_voice=workers[1].ring, ring_almanac=workers[2].ring,
        ring_door=workers[3].ring, link_up=lambda: link.up, authority=files.authority,
        broker_address=lambda: public_address(settings, broker), guesses=Guesses(),
    )  # fmt: skip


def _controller(
    stack: ExitStack, settings: Settings, database: Database, store: Store, keys: LiveKeys, broker: Broker
) -> tuple[ControllerLoop, MqttLink, Callable[[], bool]]:
    """The running controller with its link, and what makes the timetable that its plans come from."""
    loop = ControllerLoop()
    link = _link(keys().tenant, broker, loop)
    engine = Engine(loop.ring)
    holder = f"{platform.node()}:{settings.data.absolute()}"
    controller: Controller = build_controller(settings, database, store, keys, link, WORLD, engine.arm, holder)
    engine.start()
    stack.callback(engine.stop)

    def supervise() -> None:
        _look_after(broker, controller)
        if keys.look():
            controller.on_keys()
            loop.ring()

    loop.start(controller, supervise)
    stack.callback(loop.stop)
    link.start()
    stack.callback(link.stop)
    return loop, link, _planning(build_almanac(controller, WORLD), loop)


def _planning(almanac: Almanac, loop: ControllerLoop) -> Callable[[], bool]:
    def plan_once() -> bool:
        made = almanac.do_once(world.now())
        if made:
            loop.ring()
        return made

    return plan_once


def _look_after(broker: Broker, controller: Controller) -> None:
    """A broker of ours that died has been started again, empty: the link comes back and all is said again.
    One that wears out is ended in good time.
    """
    died = broker.supervise(world.now())
    if died is not None:
        log.error("broker_died", broker=died.name, exit_code=died.exit_code, restarted=died.restarted)
    elif controller.would_renew(broker.wears_out, world.now()):
        log.info("broker_renewed", broker=broker.name, restarted=broker.renew())


def _link(tenant: str, broker: Broker, loop: ControllerLoop) -> MqttLink:
    topics = Topics(tenant)

    return MqttLink(
        broker.url, f"loa-controller-{world.new_id()[:8]}", [(topics.up_all, 1), (topics.time_requests, 0)],
        loop.hear, loop.link, world.now, world.jitter,
    )  # fmt: skip
