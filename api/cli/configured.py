"""Settings from the environment, overruled by what stands on the command line."""

from pathlib import Path

from pydantic import ValidationError

from api.cli.refusals import in_words
from api.cli.screen import fail
from controller.settings import Settings


def settings_with(
    data: Path | None = None, port: int | None = None, host: str | None = None, broker: str | None = None
) -> Settings:
    """The settings of this command; ends it with words where the environment says something impossible."""
    try:
        with in_words():
            settings = Settings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        fail(f"LOA_{'__'.join(map(str, first['loc'])).upper()}: {first['msg']}")
    api = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    mqtt = {"broker": broker} if broker else {}
    changed = {"api": settings.api.model_copy(update=api), "mqtt": settings.mqtt.model_copy(update=mqtt)}
    return settings.model_copy(update=changed | ({"data": data} if data else {}))
