"""What can go wrong inside a speaker; each has a stable `code` that travels in receipts and reports."""

from typing import ClassVar


class SpeakerError(Exception):
    """Something the speaker answers by a receipt or a report, never by a crash; `data` says what was seen."""

    code: ClassVar[str] = "speaker_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data


class NoSpace(SpeakerError):
    """The flash has no room, even after everything that may go has gone."""

    code = "no_space"


class DecodeFailed(SpeakerError):
    """The bytes are no sound that this speaker can play."""

    code = "decode_failed"


class Spoiled(SpeakerError):
    """The flash gave back other bytes than it was given."""

    code = "spoiled"


class BadIdentity(SpeakerError):
    """The folder does not hold what a speaker must be born with."""

    code = "bad_identity"


class UnknownProfile(SpeakerError):
    """No make of speaker has this name."""

    code = "unknown_profile"


class BadProfile(SpeakerError):
    """The file of a make of speaker says something that cannot be."""

    code = "bad_profile"


class UnknownFault(SpeakerError):
    """No part of the box can fail in this way."""

    code = "unknown_fault"


class ClockBelowFloor(SpeakerError):
    """A signed time earlier than one that was signed before: the clock never goes back."""

    code = "clock_below_floor"


class BadRadioModel(SpeakerError):
    """The file is no whole model of a mobile link."""

    code = "bad_radio_model"


class UnknownProgramme(SpeakerError):
    """No fault programme of that name."""

    code = "unknown_programme"


class UnknownDeed(SpeakerError):
    """A happening names no deed, or not what the deed needs."""

    code = "unknown_deed"


class BadAddress(SpeakerError):
    """The broker's address cannot be read or used; `why` says what is wrong."""

    code = "bad_address"


class NotLetIn(SpeakerError):
    """The office gave no certificate; `why` is its reason, `unreachable`, `another_root` or
    `label_unreadable`."""

    code = "not_let_in"
