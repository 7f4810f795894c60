"""What can go wrong at the proxy itself; everything else that goes wrong there is its purpose."""

from typing import ClassVar


class ChaosError(Exception):
    """A proxy that cannot do its work; `data` says what was seen."""

    code: ClassVar[str] = "chaos_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data


class NotMqtt(ChaosError):
    """The bytes are no MQTT 3.1.1: the connection is cut."""

    code = "not_mqtt"


class BadWeather(ChaosError):
    """The description of a bad link makes no sense: `field` and what is `wrong` with it."""

    code = "bad_weather"
