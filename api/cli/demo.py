"""`loa demo`: a whole district on this machine."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from api.cli.client import Client, client_of
from api.cli.configured import settings_with
from api.cli.district import COMMUNES, found_district
from api.cli.first_start import introduce
from api.cli.fleet import FOLDER
from api.cli.following import follow, summary
from api.cli.judging import verdict_of
from api.cli.refusals import in_words
from api.cli.screen import fail, log_to_stderr, progress, result_json, say
from api.cli.serving import Served, serving
from controller.runtime import world
from controller.settings import Settings
from devices.address import MqttUrl
from firmware_sim.judge.reading import read_ledgers

WEATHER = """Bản tin thời tiết của huyện Gò Công Đông, phát lúc 17h00 ngày 23/11/2026.
Đêm nay và ngày mai 24/11, khu vực có mưa rào và dông vài nơi, gió đông bắc cấp 4-5, giật cấp 6.
Nhiệt độ từ 24-31°C, độ ẩm 75-90%. Đỉnh triều tại Vàm Láng 1,52 m lúc 2h30.
UBND các xã đề nghị bà con chằng chống nhà cửa, neo đậu tàu thuyền. Cần giúp đỡ xin gọi 112."""
RECORDING = "Trạm y tế xã mời bà con đưa trẻ từ 6 đến 36 tháng tuổi đến uống vitamin A vào sáng thứ Tư."
JOIN_S = 120.0
PLAY_S = 600.0


@dataclass(frozen=True)
class DemoWish:
    """What stands on the command line."""

    once: bool
    as_json: bool
    speakers: int
    port: int | None
    data: Path | None
    broker: Literal["embedded", "mosquitto"] | None


def demo(wish: DemoWish) -> int:
    """Run the demo; exit status 0 only when the judge finds nothing."""
    settings = settings_with(_folder(wish), wish.port, None, wish.broker)
    log_to_stderr(as_json=wish.as_json, level=30)
    with in_words(), serving(settings, any_port=wish.port is None) as served, client_of(settings.data) as client:
        _introduce(served, settings)
        district, communes = found_district(client)
        with child_fleet(settings, wish.speakers):
            wait_online(client, wish.speakers, quiet=wish.as_json)
            weather = _air(client, _typed(client), [district], wish)
            if wish.once:
                return _once(client, settings, weather, wish)
            _tour(client, settings, weather, communes[0], wish)
    return 0


def _folder(wish: DemoWish) -> Path:
    """A folder of its own for each run, unless one was named."""
    return (wish.data or Path("loa-demo") / str(world.now() // 1_000_000)).absolute()


def _introduce(served: Served, settings: Settings) -> None:
    broker = MqttUrl.parse(served.endpoint.mqtt)
    say(f"web interface  {served.endpoint.api}/api/v1   broker {broker}   data {settings.data}")
    introduce(served.installation, served.endpoint.api)


@contextmanager
def child_fleet(settings: Settings, speakers: int, sink: str = "wav") -> Iterator[None]:
    """The speakers run in a process of their own, as they would on their poles."""
    words = [sys.executable, "-m", "api.cli", "fleet", "--speakers", str(speakers), "--data", str(settings.data)]
    words += ["--sink", sink]
    with (settings.data / "fleet.log").open("wb") as log:
        child = subprocess.Popen([*words, "--json"], stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_online(client: Client, speakers: int, *, quiet: bool) -> None:
    with progress(quiet) as bars:
        task = bars.add_task("speakers online", total=speakers)

        def all_there() -> bool:
            online = int(client.get("/health")["devices"]["online"])
            bars.update(task, completed=online)
            return online >= speakers

        if not world.wait_until(all_there, JOIN_S):
            fail(f"not all {speakers} speakers came online within {JOIN_S:.0f} s: see fleet.log in the data folder")


def _typed(client: Client) -> dict[str, Any]:
    body = {"title": "Bản tin thời tiết", "text": WEATHER}
    bulletin: dict[str, Any] = client.post("/bulletins?wait_s=60", body, world.new_id())
    say(f"read as        {bulletin['read_as']}")
    return bulletin


def _air(client: Client, bulletin: dict[str, Any], areas: list[str], wish: DemoWish) -> dict[str, Any]:
    """Order it and follow it; the order as shown in the end, with when we asked (us UTC)."""
    asked_at = world.now()
    made = client.post("/broadcasts", {"bulletin": bulletin["id"], "areas": areas}, world.new_id())
    say(f"on air         {made['start_at']}, {made['duration_ms'] / 1000:.1f} s, {len(made['targets'])} speakers")
    order = follow(client, f"/broadcasts/{made['id']}", quiet=wish.as_json, seconds=PLAY_S)
    say(f"result         {summary(order)}")
    return order | {"asked_at": asked_at}


def _once(client: Client, settings: Settings, order: dict[str, Any], wish: DemoWish) -> int:
    source = settings.data / "source.wav"
    client.download(f"/bulletins/{order['bulletin']}/audio", source, format="wav")
    verdict = verdict_of([order], [], settings.data / FOLDER, world.now())
    said = {
        "verdict": verdict.verdict, "sets": verdict.counts, "speakers": wish.speakers,
        "played": sum(row["state"] == "played" for row in order["deliveries"]),
        "api_to_last_start_ms": _last_start(settings, order), "wav_dir": str(_wavs(settings)),
        "source_wav": str(source),
    }  # fmt: skip
    if wish.as_json:
        result_json(said)
    else:
        say(json.dumps(said, indent=2, ensure_ascii=False))
    for name, found in verdict.sets.items():
        for finding in found[:5]:
            say(f"{name}: {finding}")
    return 0 if verdict.verdict == "clean" else 1


def _tour(client: Client, settings: Settings, weather: dict[str, Any], commune: str, wish: DemoWish) -> None:
    """The second part: a recording to one commune, the verdict, and then it stays up."""
    recording = settings.data / "ban-thu.wav"
    spoken = {"title": "Bản thu", "text": RECORDING, "voice": {"accent": "south"}, "chime": False}
    client.download(f"/bulletins/{client.post('/bulletins?wait_s=60', spoken)['id']}/audio", recording, format="wav")
    say(f"uploading      {recording.name} to {COMMUNES[0].name}")
    bulletin = client.upload("/bulletins?wait_s=60", recording, {"title": "Uống vitamin A"})
    order = _air(client, bulletin, [commune], wish)
    verdict = verdict_of([weather, order], [], settings.data / FOLDER, world.now())
    say(f"judge          {verdict.verdict}: {verdict.counts}")
    say(f"heard          one WAV a speaker and bulletin in {_wavs(settings)}")
    say("It stays up: try `loa say` with --data " + str(settings.data) + ". Ctrl-C ends it.")
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: asked.append(got))
    while not asked:
        world.sleep(0.2)


def _wavs(settings: Settings) -> Path:
    return settings.data / FOLDER / "wav"


def _last_start(settings: Settings, order: dict[str, Any]) -> float:
    """From our request to the first sample of the last speaker, ms, by the speakers' ledgers."""
    starts = [
        int(str(line["true"] or line["wall"]))
        for lines in read_ledgers(settings.data / FOLDER).values()
        for line in lines
        if line["kind"] == "started" and line["occurrence"] == order["occurrence"]
    ]
    return round((max(starts) - int(order["asked_at"])) / 1_000, 1) if starts else -1.0
