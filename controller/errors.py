"""What this package refuses, each with a stable code; how that looks over HTTP is the api's business."""

from typing import ClassVar


class LoaError(Exception):
    """Base of the controller's refusals; `data` holds what the caller may see."""

    code: ClassVar[str] = "loa_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data


class BulletinUnknown(LoaError):
    code = "bulletin_unknown"


class BulletinNotReady(LoaError):
    """Still being rendered, or rendering failed."""

    code = "bulletin_not_ready"


class VersionOfVersion(LoaError):
    """A version of a bulletin in another language has no versions of its own."""

    code = "version_of_version"


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


class ProgrammeUnknown(LoaError):
    """No such programme, or it has ended."""

    code = "programme_unknown"


class GroupUnknown(LoaError):
    code = "group_unknown"


class GroupInUse(LoaError):
    """A programme names the group as its target."""

    code = "group_in_use"


class NeverHeard(LoaError):
    """The rules of the air leave nobody who would hear it at one of its times."""

    code = "never_heard"


class ProgrammeClash(LoaError):
    """It collides with others: let it wait, leave the others out, or choose another time."""

    code = "programme_clash"


class LongerThanPlans(LoaError):
    """Its sound and its lateness together are longer than half a day."""

    code = "longer_than_plans"


class ExpiryInvalid(LoaError):
    """An alert's expiry is past or too far ahead."""

    code = "expiry_invalid"


class NoCoordinates(LoaError):
    """Of none of the speakers in the area is it known where it stands."""

    code = "no_coordinates"


class TooManyHorns(LoaError):
    """More speakers than an echo plan is made for at once."""

    code = "too_many_horns"


class TextEmpty(LoaError):
    """Nothing is left to be said once the text has been made readable."""

    code = "nothing_to_say"


class TextTooLong(LoaError):
    code = "text_too_long"


class GlossaryInvalid(LoaError):
    code = "glossary_invalid"


class IdempotencyKeyReused(LoaError):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_key_reused"


class ReportTooLong(LoaError):
    """More lines than a table should have."""

    code = "report_too_long"


class SpreadsheetRefused(LoaError):
    """A file that is not opened; `why`: broken, too_large, macros, hostile, old_or_locked, letters_unknown or
    no_table."""

    code = "spreadsheet_refused"


class ImportTooSlow(LoaError):
    """Keeping so many programmes at once would hold everybody else up; nothing was kept."""

    code = "import_too_slow"


class OutwardRefused(LoaError):
    """We do not connect there; `why`: unreadable, scheme, userinfo, host, port, address, redirects, downgrade, encoding
    or too_large."""

    code = "outward_refused"


class OutwardFailed(LoaError):
    """Nothing came from there; `why`: unknown_name, slow or broken."""

    code = "outward_failed"


class SecretFileRefused(LoaError):
    """A file that was to hold a setting cannot be read, or the setting is given twice."""

    code = "secret_file_refused"


class PersonUnknown(LoaError):
    code = "person_unknown"


class NotAllowed(LoaError):
    """The key that was shown does not carry this right."""

    code = "not_allowed"


class KeyMissing(LoaError):
    """No key was shown, or one that is unknown or revoked."""

    code = "key_missing"


class KeysIncomplete(LoaError):
    """Some signing keys are in the data folder, others are not: nothing is made up in their place."""

    code = "keys_incomplete"


class KeysLocked(LoaError):
    """The signing keys are under a passphrase that was not given, or a wrong one."""

    code = "keys_locked"


class DataFolderInUse(LoaError):
    """Another controller runs on this data folder."""

    code = "data_folder_in_use"


class BackupRefused(LoaError):
    """The backup file is already there, or cannot be written."""

    code = "backup_refused"
