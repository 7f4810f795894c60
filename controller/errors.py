"""What this package refuses, each with a stable code; how that looks over HTTP is the api's business."""

from collections.abc import Sequence
from typing import Any, ClassVar


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


class ParentUnclear(LoaError):
    """Areas that lie in different ones become a new one, and nobody has said in which that lies."""

    code = "parent_unclear"


class ChangeOutdated(LoaError):
    """What a change of areas would do is not what was shown: something has changed since."""

    code = "change_outdated"


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
    collisions: Sequence[Any] = ()
    """All of them, with the speakers where they are: what of it a caller may see is not known here."""


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


class GrantUnknown(LoaError):
    code = "grant_unknown"


class OwnRole(LoaError):
    """Nobody gives a role to themselves."""

    code = "own_role"


class LastAdministrator(LoaError):
    """Nobody would be left who may do everything in the whole installation."""

    code = "last_administrator"


class DelegationInvalid(LoaError):
    """A role is lent for 60 days at most, from now on."""

    code = "delegation_invalid"


class LinkRefused(LoaError):
    """A link would let somebody in as another who may be a second person."""

    code = "link_refused"


class ApiKeyUnknown(LoaError):
    code = "api_key_unknown"


class TooManyRequests(LoaError):
    """The key asks more often than it may."""

    code = "too_many_requests"


class ApprovalUnknown(LoaError):
    """No such request, or none that concerns the caller."""

    code = "approval_unknown"


class ApprovalOver(LoaError):
    """It was decided before, or nobody decided in time."""

    code = "approval_over"


class OwnRequest(LoaError):
    """Whoever asked, and who counts as one with them, does not approve it."""

    code = "own_request"


class PersonNeeded(LoaError):
    """A program may not do this where there is a person who could."""

    code = "person_needed"


class ChangedSince(LoaError):
    """What was asked for is not what would be carried out now: it must be asked anew."""

    code = "changed_since"


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


class CertificateRequestInvalid(LoaError):
    """Not a PKCS#10 request for the speaker's own Ed25519 key or a P-256 key, signed by it; `why` says more."""

    code = "certificate_request_invalid"


class ClaimCodeMistyped(LoaError):
    """Its check letter does not fit the others."""

    code = "claim_code_mistyped"


class ClaimRefused(LoaError):
    """Nobody joins by this code: it is unknown, used, withdrawn or too old. Which of these is not said."""

    code = "claim_refused"


class ClaimCodeUnknown(LoaError):
    code = "claim_code_unknown"


class RenewalRefused(LoaError):
    """The request is not signed by a speaker in service, or not for here. Which of these is not said."""

    code = "renewal_refused"


class TooManyAttempts(LoaError):
    """Too many refused attempts from this address: wait."""

    code = "too_many_attempts"


class StatusNotPossible(LoaError):
    """A speaker that was replaced or retired stays so: it joins anew with a code."""

    code = "status_not_possible"


class NotAllowed(LoaError):
    """The key that was shown does not carry this right."""

    code = "not_allowed"


class OwnerNeeded(LoaError):
    """Whoever has several places has to say for which one they act."""

    code = "owner_needed"


class KeyMissing(LoaError):
    """No key was shown, or one that is unknown or revoked."""

    code = "key_missing"


class SessionOver(LoaError):
    """Nobody is logged in at this browser, or no longer."""

    code = "session_over"


class CsrfMissing(LoaError):
    """A browser asks for a change without the proof that one of our pages did."""

    code = "csrf_missing"


class LogInRefused(LoaError):
    """Login or password is wrong; which, is not said."""

    code = "log_in_refused"


class TooManyTries(LoaError):
    """Too many guesses; `retry_after_s` says when the next one is looked at."""

    code = "too_many_tries"


class LogInBusy(LoaError):
    """More passwords are being compared than there is memory for."""

    code = "log_in_busy"


class CodeRefused(LoaError):
    """The code is wrong, too old, or was used."""

    code = "code_refused"


class SecondFactorThere(LoaError):
    """There is a second factor already."""

    code = "second_factor_there"


class LinkOver(LoaError):
    """A one-time link that is unknown, was used or replaced, or is too old."""

    code = "link_over"


class PasswordWrong(LoaError):
    """It is not the password of who is logged in."""

    code = "password_wrong"


class PasswordTooShort(LoaError):
    code = "password_too_short"


class PasswordTooLong(LoaError):
    code = "password_too_long"


class PasswordIsLogin(LoaError):
    code = "password_is_login"


class PasswordCommon(LoaError):
    """One of those that are tried first."""

    code = "password_common"


class LoginInvalid(LoaError):
    """Not 2 to 64 small letters without accents, digits and ._@+-, the first a letter or digit."""

    code = "login_invalid"


class LoginTaken(LoaError):
    code = "login_taken"


class PersonUnknown(LoaError):
    code = "person_unknown"


class PersonStillIn(LoaError):
    """Only who has been put out is forgotten: that takes what putting out takes, a second person too."""

    code = "person_still_in"


class RoleUnknown(LoaError):
    code = "role_unknown"


class SignOnOff(LoaError):
    """No OpenID provider is set."""

    code = "sign_on_off"


class SignOnUnavailable(LoaError):
    """The OpenID provider does not answer, or not as it should."""

    code = "sign_on_unavailable"


class SignOnRefused(LoaError):
    """What came back from the OpenID provider proves nothing; `why` is stable."""

    code = "sign_on_refused"


class SignOnUnknown(LoaError):
    """The OpenID provider vouches for somebody who has no account here."""

    code = "sign_on_unknown"


class DataFolderInUse(LoaError):
    """Another controller runs on this data folder."""

    code = "data_folder_in_use"


class BackupRefused(LoaError):
    """The backup file is already there, or cannot be written."""

    code = "backup_refused"
