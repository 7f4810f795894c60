"""`loa broker-config`: everything that a Mosquitto for real speakers reads, in one folder."""

from pathlib import Path
from typing import Any

from api.cli.configured import settings_with
from api.cli.refusals import in_words
from api.cli.screen import fail, result_json, say
from controller.certificates.kept import replace_file
from controller.db import Database
from controller.runtime.door import authority_of, broker_files, public_name
from controller.runtime.folder import DataFolder
from controller.runtime.keys import keyring_of
from controller.settings import Settings
from devices.broker.guard import ACL, CERT, CONFIG, CRL, KEY, access_list, configuration

README = "README.txt"
WORDS = """\
Mosquitto cho loa thật / Mosquitto for real speakers: {name}:{port}

1. Cho Mosquitto đọc thư mục này / let Mosquitto read this folder:
     chgrp -R mosquitto {folder}; chmod 2750 {folder}; chmod 640 {folder}/{key}
     ln -s {folder}/{config} /etc/mosquitto/conf.d/loa.conf
     systemctl restart mosquitto
2. Cho Loa biết / tell Loa:
     LOA_MQTT__URL=mqtts://{name}:{port}  LOA_MQTT__TLS=true  LOA_MQTT__FILES={folder}
   Loa tự dùng chứng thư của nó, gia hạn chứng thư và danh sách thu hồi trong thư mục này.
   Loa shows its own certificate, and keeps certificate and revocation list in this folder up to date.
3. Sau mỗi thay đổi của {crl} hoặc {cert}, Mosquitto phải đọc lại (SIGHUP), chẳng hạn bằng một systemd path unit
   loa-broker.path cùng loa-broker.service; sau `loa keys new-authority` phải khởi động lại nó.
   Whenever {crl} or {cert} changes, Mosquitto must read them again (SIGHUP), for example by a systemd path unit
   loa-broker.path with loa-broker.service; after `loa keys new-authority` it must be restarted:
     [Path]    PathChanged={folder}/{crl}
               PathChanged={folder}/{cert}
     [Service] Type=oneshot
               ExecStart=/usr/bin/systemctl reload mosquitto
   Chiếc loa bị thu hồi chỉ bị chặn khi Mosquitto đã đọc {crl}.
   A revoked speaker is kept out only once {crl} has been read.
4. Nếu Loa chạy ở máy khác, hãy chạy lại lệnh này và chép thư mục sang sau mỗi lần thu hồi, và mỗi tháng một lần.
   Where Loa runs on another machine, run this command again and copy the folder after each revocation, and each month.

{key} là khóa bí mật của máy chủ. {key} is the broker's secret key.
"""


def broker_config(target: Path, data: Path | None, name: str | None, port: int, as_json: bool) -> None:
    """Write the folder, or bring it up to date: what is good stays as it is."""
    settings = settings_with(data)
    folder = DataFolder(settings.data.absolute())
    if not folder.database.is_file() or not folder.keys.is_dir():
        fail(f"{folder.root} holds no installation yet: it is made when `loa serve` first starts on this data folder")
    with in_words():
        changed, public = _write(target.absolute(), folder, _named(settings, name), port)
    files = sorted(path.name for path in target.iterdir())
    if as_json:
        result_json({"folder": str(target), "name": public, "port": port, "changed": changed, "files": files})
    else:
        say((target / README).read_text("utf-8") if changed else f"{target}: nothing has changed")


def _named(settings: Settings, name: str | None) -> Settings:
    changed: dict[str, Any] = {"name": name} if name else {}
    return settings.model_copy(update={"mqtt": settings.mqtt.model_copy(update=changed)})


def _write(target: Path, folder: DataFolder, settings: Settings, port: int) -> tuple[bool, str]:
    keyring = keyring_of(folder, settings)
    database = Database(folder.database)
    try:
        files = broker_files(settings, folder, database, keyring, authority_of(folder, settings, keyring, database))
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        changed = files.write(target)
    finally:
        database.close()
    public = public_name(settings)
    words = WORDS.format(name=public, port=port, folder=target, config=CONFIG, crl=CRL, cert=CERT, key=KEY)
    texts = {CONFIG: configuration(target, port), ACL: access_list(keyring.tenant), README: words}
    written = [replace_file(target / file, text.encode("utf-8")) for file, text in texts.items()]
    return changed or any(written), public
