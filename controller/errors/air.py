"""Refusals: what is to sound."""

from controller.errors.base import LoaError


class BroadcastUnknown(LoaError):
    code = "broadcast_unknown"


class AlertUnknown(LoaError):
    code = "alert_unknown"


class NoTargets(LoaError):
    """No speaker in service is in the places asked for."""

    code = "no_targets"


class StartInPast(LoaError):
    code = "start_in_past"


class StartTooFar(LoaError):
    """More than a year ahead: that is a slip of the pen, or a calendar's business."""

    code = "start_too_far"


class TooLongOnAir(LoaError):
    """All repeats together, or the allowed lateness, are longer than an order may live."""

    code = "too_long_on_air"


class Clash(LoaError):
    """Other broadcasts of the same or a higher rank sound at that time on the same speakers."""

    code = "clash"


class ExpiryInvalid(LoaError):
    """An alert's expiry is past or too far ahead."""

    code = "expiry_invalid"


class NoCoordinates(LoaError):
    """Of none of the speakers in the area is it known where it stands."""

    code = "no_coordinates"


class TooManyHorns(LoaError):
    """More speakers than an echo plan is made for at once."""

    code = "too_many_horns"
