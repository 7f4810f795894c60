"""What can be wrong with an area or a speaker that somebody names."""

from typing import ClassVar


class DeviceError(Exception):
    """Base of this package's refusals; `data` names what was asked for."""

    code: ClassVar[str] = "device_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data


class AreaUnknown(DeviceError):
    code = "area_unknown"


class DeviceUnknown(DeviceError):
    code = "device_unknown"


class AreaEnded(DeviceError):
    """It is kept for the record; `merged_into` is what it became a part of."""

    code = "area_ended"


class AreaCycle(DeviceError):
    """An area cannot lie in itself, nor in what lies in it."""

    code = "area_cycle"


class AreaNotEmpty(DeviceError):
    """Speakers stand in it, or areas lie in it."""

    code = "area_not_empty"


class AreaTooDeep(DeviceError):
    """More ancestors than a speaker's configuration can name (16 with itself)."""

    code = "area_too_deep"


class AreaFull(DeviceError):
    """All 49,152 numbers of an area have been given."""

    code = "area_full"


class PublicKeyInvalid(DeviceError):
    """Not an Ed25519 public key, as PEM or as 43 letters of base64url."""

    code = "public_key_invalid"


class PublicKeyTaken(DeviceError):
    """Another speaker is registered with this key."""

    code = "public_key_taken"


class IncidentUnknown(DeviceError):
    code = "incident_unknown"


class NotPublishable(DeviceError):
    """A message that brokers would not take: `why` is topic, payload or qos."""

    code = "not_publishable"
