"""`loa serve`."""

import signal
from pathlib import Path

from api.cli.configured import settings_with
from api.cli.first_start import introduce
from api.cli.key_words import tell
from api.cli.refusals import in_words
from api.cli.screen import log_to_stderr, say
from api.cli.serving import Served, serving
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.runtime.keys import remarks_on
from controller.settings import Settings
from devices.address import MqttUrl


def serve(data: Path | None, port: int | None, host: str | None, broker: str | None, log_json: bool) -> None:
    """Run until SIGINT or SIGTERM."""
    log_to_stderr(as_json=log_json)
    stopped = _stop_signals()
    with in_words(), serving(settings_with(data, port, host, broker)) as served:
        _introduce(served)
        _remind(served.installation.services.settings)
        while not stopped:
            world.sleep(0.2)
        say("stopping")


def _introduce(served: Served) -> None:
    say(f"web interface  {served.endpoint.api}/api/v1 (described at {served.endpoint.api}/api/v1/openapi.json)")
    say(f"broker         {served.installation.broker.name} at {MqttUrl.parse(served.endpoint.for_speakers)}")
    introduce(served.installation, served.endpoint.api)


REMINDED = frozenset(
    {"root_online", "root_here", "passphrase_here", "ended", "ending", "authority_ending", "authority_not_in_force"}
)


def _remind(settings: Settings) -> None:
    """What is not well about keys and cookies is said at each start, until it is."""
    if settings.api.in_clear:
        tell("in_clear_air", host=settings.api.host)
    for remark in remarks_on(DataFolder(settings.data.absolute()), settings, world.now()):
        if remark.what in REMINDED:
            tell(remark.what, **remark.of)


def _stop_signals() -> list[int]:
    """A list that is filled when somebody asks to stop."""
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: asked.append(got))
    return asked
