"""`loa doctor`: what is missing on this machine, and how to mend it."""

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from api.cli.client import Refused, Unreachable, client_of
from api.cli.configured import settings_with
from api.cli.screen import result, result_json
from controller.audio.child import run_child
from controller.settings import Settings

ROOM_NEEDED = 500_000_000
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Finding:
    """`bad` stops the product, `note` is something that it can do without."""

    state: Literal["good", "note", "bad"]
    subject: str
    said: str
    mend: str = ""


def doctor(data: Path | None, as_json: bool) -> int:
    """Print the findings; exit status 1 where something is bad."""
    findings = list(examine(settings_with(data)))
    if as_json:
        result_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            mark = {"good": "ok  ", "note": "note", "bad": "BAD "}[finding.state]
            result(f"{mark}  {finding.subject}: {finding.said}" + (f"\n      → {finding.mend}" if finding.mend else ""))
    return int(any(finding.state == "bad" for finding in findings))


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that the product stands on."""
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _python, _ffmpeg, _espeak, _piper, _folder, _keys, _room, _web_port, web_tls, _broker, _mosquitto, _running,
    )  # fmt: skip
    for check in checks:
        yield check(settings)


def _python(_: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("good" if good else "bad", "Python", version, "" if good else "use Python 3.11, 3.12 or 3.13")


def _ffmpeg(_: Settings) -> Finding:
    import imageio_ffmpeg

    try:
        done = run_child([imageio_ffmpeg.get_ffmpeg_exe(), "-version"], timeout_s=20, memory_bytes=2**32)
    except Exception as error:
        return Finding("bad", "ffmpeg", f"does not run ({error})", "run `make setup` again")
    return Finding("good", "ffmpeg", done.stdout.decode("utf-8", "replace").split("\n")[0][:60])


def _espeak(_: Settings) -> Finding:
    from controller.speech.espeak import espeak_ready

    return (
        Finding("good", "eSpeak NG", "Vietnamese voices are there")
        if espeak_ready()
        else Finding("bad", "eSpeak NG", "does not speak", "run `make setup` again")
    )


def _piper(settings: Settings) -> Finding:
    voices = sorted((settings.data / "voices").glob("*.onnx"))
    if not voices:
        return Finding("note", "Piper", "no voice", f"lay a voice (.onnx and .onnx.json) into {settings.data}/voices")
    return Finding("good", "Piper", ", ".join(voice.stem for voice in voices))


def _folder(settings: Settings) -> Finding:
    data = settings.data
    if not data.exists():
        return Finding("note", "data folder", f"{data} is not there yet", "it is made by `loa serve`")
    mode = data.stat().st_mode & 0o077
    if mode:
        return Finding("bad", "data folder", f"{data} is open to others", f"chmod 700 {data}")
    return Finding("good", "data folder", str(data))


def _keys(settings: Settings) -> Finding:
    from api.cli.key_words import in_both
    from controller.runtime import world
    from controller.runtime.door import are_certified_in
    from controller.runtime.folder import DataFolder
    from controller.runtime.keys import remarks_on

    folder = DataFolder(settings.data)
    if not folder.keys.exists():
        return Finding("note", "keys", "are made when `loa serve` first starts")
    found = list(remarks_on(folder, settings, world.now(), certified=are_certified_in(folder)))
    worst = next((state for state in ("bad", "note") if any(one.state == state for one in found)), "good")
    said = " ".join(in_both(one.what, **one.of)[1] for one in found if one.state == worst)
    return Finding(worst, "keys", said)  # type: ignore[arg-type]


def _room(settings: Settings) -> Finding:
    there = next(path for path in (settings.data, *settings.data.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    good = free >= ROOM_NEEDED
    return Finding("good" if good else "bad", "disk", f"{free / 1e9:.1f} GB free", "" if good else "make room")


def _web_port(settings: Settings) -> Finding:
    host, port = settings.api.host, settings.api.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return Finding(
                "note", "web port", f"{host}:{port} {error.strerror}", "LOA_API__PORT or --port names another"
            )
    return Finding("good", "web port", f"{host}:{port} is free")


def web_tls(settings: Settings) -> Finding:
    if not settings.api.in_clear:
        return Finding("good", "TLS", settings.api.public_url or "reached from this machine only")
    from api.cli.key_words import in_both

    return Finding("note", "TLS", in_both("in_clear_air", host=settings.api.host)[1])


def _broker(settings: Settings) -> Finding:
    if settings.mqtt.url is None:
        return Finding("good", "broker", f"{settings.mqtt.broker}, started by `loa serve`")
    from devices.address import MqttUrl

    url = MqttUrl.parse(settings.mqtt.url)
    try:
        socket.create_connection((url.host, url.port), timeout=3).close()
    except OSError as error:
        return Finding("bad", "broker", f"{url}: {error}", "start it, or mend LOA_MQTT__URL")
    return Finding("good", "broker", f"{url} answers")


def _mosquitto(_: Settings) -> Finding:
    import os

    found = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":" + SBIN)
    if found is None:
        return Finding("note", "Mosquitto", "not installed", "for production: apt-get install mosquitto")
    return Finding("good", "Mosquitto", found)


def _running(settings: Settings) -> Finding:
    try:
        with client_of(settings.data) as client:
            health = client.get("/health")
    except (Unreachable, Refused) as error:
        return Finding("note", "installation", str(error)[:200])
    return Finding("good", "installation", f"runs: {health}")
