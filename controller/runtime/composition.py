"""Who is handed what: the controller's parts put together, for production, tests and rehearsal alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from controller.alerts.sounding import Siren
from controller.alerts.voicing import AlertVoice
from controller.broadcast.outbox import Outbox
from controller.configuration import Configurator
from controller.controller import Controller
from controller.db import Database
from controller.herald import Herald
from controller.inbox import Inbox
from controller.keys.live import Keys
from controller.leadership import SPAN, Leadership
from controller.library.carriage import Carrier
from controller.library.rendering import Renderer
from controller.library.store import Store
from controller.library.studio import Studio
from controller.monitoring.dead_air import DeadAir
from controller.monitoring.watch import Watch
from controller.net.addresses import HERE
from controller.net.destinations import PORTS
from controller.net.outward import Outward
from controller.people.entrance.entrance import Entrance
from controller.people.entrance.passwords import Cost, Passwords
from controller.people.entrance.sealing import Sealer, sealing_key
from controller.people.entrance.sessions import Lives
from controller.people.entrance.tokens import Entropy
from controller.people.retention import Retention
from controller.people.sign_on.addresses import is_here
from controller.people.sign_on.fetching import fetch_through
from controller.people.sign_on.flow import Client, SignOn
from controller.people.sign_on.provider import Provider
from controller.programmes.almanac import Almanac
from controller.programmes.plans import Plans
from controller.receipts import Booker
from controller.retained import Retained
from controller.runtime.folder import DataFolder
from controller.settings import OutwardSettings, Settings
from devices.link import Link


@dataclass(frozen=True)
class World:
    """Clock (us UTC) and ids."""

    now: Callable[[], int]
    new_id: Callable[[], str]


def build_controller(
    settings: Settings, database: Database, store: Store, keys: Keys, link: Link, world: World,
    arm: Callable[[Mapping[str, int]], None], holder: str, lease: int = SPAN,
) -> Controller:  # fmt: skip
    """The controller on this link; `arm` is told when it wants to be woken.

    `holder` names the installation among several on one database; `lease`: how long it is not replaced, us.
    """
    leadership = Leadership(database, holder, lease)
    herald = Herald(keys, link)
    carrier = Carrier(herald, store)
    configurator = Configurator(herald.tenant, settings.air.heartbeat_s)
    watch = Watch(world.new_id, settings.air.heartbeat_s)
    inbox = Inbox(leadership, herald, carrier, configurator, watch, Booker(world.new_id), world.new_id)
    return Controller(
        database=leadership, leadership=leadership, topics=herald.topics, inbox=inbox,
        outbox=Outbox(leadership, herald, carrier), siren=Siren(leadership, herald, carrier),
        retained=Retained(leadership, herald, carrier, configurator), plans=Plans(leadership, herald, carrier),
        watch=watch, dead_air=DeadAir(world.new_id), retention=Retention(leadership, settings.retention),
        clock=world.now, arm=arm,
    )  # fmt: skip


def build_almanac(controller: Controller, world: World) -> Almanac:
    """Who makes the timetable that this controller's plans are made from."""
    return Almanac(controller.leadership, controller.plans, world.new_id)


def build_entrance(
    settings: Settings, database: Database, folder: DataFolder, world: World, entropy: Entropy
) -> Entrance:
    """How people come in. KeysIncomplete."""
    people = settings.people
    cost = Cost(people.argon2_kib, people.argon2_rounds)
    sealer = Sealer(sealing_key(folder.sealing_key, entropy), entropy)
    lives = Lives(people.idle_minutes * 60_000_000, people.session_hours * 3_600_000_000)
    return Entrance(database, Passwords(entropy, cost), sealer, lives, entropy, world.new_id)


def build_sign_on(
    settings: Settings, entrance: Entrance, world: World, clock: Callable[[], float]
) -> SignOn | None:  # fmt: skip
    """The OpenID provider, where one is set; it is not asked before somebody comes by it."""
    oidc = settings.oidc
    if oidc.issuer is None:
        return None
    fetch = fetch_through(_door_to(oidc.issuer, settings.outward, clock))
    secret = oidc.client_secret.get_secret_value() if oidc.client_secret else None
    client = Client(oidc.client_id, secret, oidc.name, oidc.invited_by)
    provider = Provider(oidc.issuer, fetch, world.now)
    return SignOn(provider, client, fetch, entrance.sealer, entrance.entropy, world.now)


def _door_to(issuer: str, outward: OutwardSettings, clock: Callable[[], float]) -> Outward:
    """Whoever set the provider may have it on this machine, and at any port."""
    parts = urlsplit(issuer)
    own = HERE if is_here(parts.hostname or "") else ()
    return Outward(clock, (*outward.networks, *own), (*outward.ports, parts.port or PORTS[parts.scheme]))


def build_renderers(
    settings: Settings, database: Database, store: Store, studio: Studio, folder: DataFolder, world: World
) -> tuple[Renderer, AlertVoice]:
    """Who makes the sound of bulletins, and who of alerts."""
    renderer = Renderer(database, store, studio, folder.workshop, settings.air.chunk_bytes, world.now)
    voice = AlertVoice(database, renderer, world.now, world.new_id, settings.air.speech_lead_ms)
    return renderer, voice
