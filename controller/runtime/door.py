"""The broker's door put together: the authority, the files of a guarded broker, and the doorkeeper."""

import platform
from collections.abc import Iterable
from contextlib import closing

from controller.certificates.authority import Authority, open_authority
from controller.certificates.broker_files import BrokerFiles
from controller.db import Database
from controller.doorkeeper import Door, Doorkeeper
from controller.enrolment.certifying import are_certified, revoked_certificates
from controller.herald import Herald
from controller.keyring import Keyring
from controller.keys.live import Keys
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.settings import Settings
from devices.address import MqttUrl
from devices.broker.broker import Broker
from devices.broker.ports import EVERYWHERE, LOOPBACK
from devices.eviction import evict
from devices.mqtt import MqttLink

OWN_S, OTHERS_S = 0.5, 3.0
"""How long a broker of ours, and one of others, is given to read its files again."""


def authority_of(folder: DataFolder, settings: Settings, keyring: Keyring, database: Database) -> Authority:
    """The authority of certificates; made on the first start alone. KeysIncomplete, KeysLocked, AuthorityMissing."""
    secret = settings.keys.passphrase
    return open_authority(
        folder.authority, entropy=world.entropy, now=world.now(), tenant=keyring.tenant,
        passphrase=secret.get_secret_value() if secret else None, certified=are_certified(database),
    )  # fmt: skip


def are_certified_in(folder: DataFolder) -> bool:
    """Whether speakers of this data folder have certificates already."""
    if not folder.database.is_file():
        return False
    with closing(Database(folder.database)) as database:
        return are_certified(database)


def broker_files(
    settings: Settings, folder: DataFolder, database: Database, keyring: Keyring, authority: Authority
) -> BrokerFiles:
    """The certificates of broker and controller, kept as they should be."""

    def revoked() -> Iterable[tuple[str, int]]:
        with database.read() as session:
            return revoked_certificates(session, world.now())

    names = (public_name(settings), settings.mqtt.host, platform.node(), "localhost", LOOPBACK)
    reached = tuple(name for name in names if name and name.isascii() and name not in EVERYWHERE)
    return BrokerFiles(folder.authority, authority, keyring.tenant, reached, revoked, world.now)


def public_name(settings: Settings) -> str:
    """The host by which speakers reach the broker."""
    mqtt = settings.mqtt
    if mqtt.url:
        return mqtt.name or MqttUrl.parse(mqtt.url).host
    return mqtt.name or (platform.node() if mqtt.host in EVERYWHERE else mqtt.host)


def public_address(settings: Settings, broker: Broker) -> str:
    url = MqttUrl.parse(broker.url)
    return f"{url.scheme}://{public_name(settings)}:{url.port}"


def build_doorkeeper(
    settings: Settings, folder: DataFolder, database: Database, keys: Keys, broker: Broker, link: MqttLink,
    files: BrokerFiles,
) -> Doorkeeper:  # fmt: skip
    guarded = settings.mqtt.tls and settings.mqtt.url is None
    door = Door(
        url=lambda: broker.url, folder=folder.broker if guarded else settings.mqtt.files,
        reading_s=OWN_S if guarded else OTHERS_S, reload=broker.reload,
        evict=lambda url, name: evict(url, name, world.now), sleep=world.sleep,
    )  # fmt: skip
    return Doorkeeper(database, Herald(keys, link), files, door, world.now)
