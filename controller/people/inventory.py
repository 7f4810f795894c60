"""Which columns hold personal data: whose, what for, how long, and how it goes. docs/privacy.md is made from this."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

How = Literal["stays", "name", "cleared", "deleted"]
"""When somebody is forgotten: stays (an id that names nobody any more); the name becomes that id; the column is
emptied; the row is deleted."""


@dataclass(frozen=True)
class Held:
    """Personal data of one column. `kept` is said beside `goes`, which is what forgetting does."""

    whose: str
    what: str
    why: str
    kept: str
    goes: How = "stays"


STAFF = "people who log in"
ACTED = "who made or changed it"
KEYS = "who uses or made a key"
ANYBODY = "anybody it speaks of"
_WORK = "who may do what, and who did"
_AS_LONG = "as long as the thing itself"
_ENDED = "`LOA_RETENTION__ENDED_DAYS` after it ended"


def _id(whose: str) -> Held:
    return Held(whose, "id", _WORK, "for good: says nothing once the person is forgotten")


def _name(kept: str = _AS_LONG) -> Held:
    return Held(ACTED, "name", _WORK, kept, "name")


def _said(what: str) -> Held:
    return Held(ANYBODY, what, "said aloud in public", "until the office recalls it; no search by person")


_PERSON = Held(STAFF, "when", "log-in, and who may do what", "until forgotten")

INVENTORY: Mapping[str, Held] = MappingProxyType(
    {
        "person.id": _id(STAFF),
        "person.login": Held(STAFF, "log-in name", "log-in", "until forgotten", "cleared"),
        "person.name": Held(STAFF, "name", _WORK, "until forgotten", "name"),
        "person.language": Held(STAFF, "language", "pages in it", "until forgotten", "cleared"),
        "person.password": Held(STAFF, "password (Argon2id)", "log-in", "until forgotten", "cleared"),
        "person.issuer": Held(STAFF, "provider of identities", "log-in", "until forgotten", "cleared"),
        "person.issuer_subject": Held(STAFF, "id at the provider", "log-in", "until forgotten", "cleared"),
        "person.created_at": _PERSON,
        "person.created_by": _id("who added the person"),
        "person.changed_at": _PERSON,
        "person.disabled_at": _PERSON,
        "role_grant.person_id": _id(STAFF),
        "role_grant.role": Held(STAFF, "role", _WORK, "for good"),
        "role_grant.area_id": Held(STAFF, "where", _WORK, "for good"),
        "role_grant.given_by": _id("who gave the role"),
        "role_grant.delegated_by": _id("who lent the role"),
        "api_key.name": Held(KEYS, "name of the key", "to tell keys apart", "for good; name programs, not people"),
        "api_key.created_by": _id("who made the key"),
        "api_key.addresses": Held(KEYS, "networks", "where the key is good", "as long as the key"),
        "api_key.last_used_at": Held(KEYS, "when", "to find keys that nobody needs", "as long as the key"),
        "api_key.last_used_from": Held(KEYS, "address", "to notice stolen keys", "`LOA_RETENTION__ADDRESS_DAYS`"),
        "person.area_id": Held(STAFF, "where they work", "who may administer them", "for good"),
        "log_in_session.person_id": Held(STAFF, "id", "log-in", _ENDED, "deleted"),
        "log_in_session.origin": Held(STAFF, "address", "to notice stolen sessions", "as long as the session"),
        "log_in_session.agent": Held(STAFF, "name of the browser", "to tell sessions apart", "as long as the session"),
        "log_in_session.began_at": Held(STAFF, "when", "log-in", "as long as the session"),
        "log_in_session.seen_at": Held(STAFF, "when", "log-in", "as long as the session"),
        "log_in_session.proved_at": Held(STAFF, "when", "what one person does alone", "as long as the session"),
        "second_factor.person_id": Held(STAFF, "id", "log-in", "until taken away", "deleted"),
        "second_factor.sealed": Held(STAFF, "secret, sealed", "log-in", "until taken away"),
        "recovery_code.person_id": Held(STAFF, "id", "log-in", "until new ones are made", "deleted"),
        "recovery_code.used_at": Held(STAFF, "when", "log-in", "until new ones are made"),
        "one_time_link.person_id": Held(STAFF, "id", "log-in", _ENDED, "deleted"),
        "one_time_link.made_by": _name(_ENDED),
        "known_browser.person_id": Held(STAFF, "id", "log-in", _ENDED, "deleted"),
        "log_in_try.bucket": Held(
            "who tried to log in", "account or address", "guesses are slowed", "`LOA_RETENTION__ENDED_DAYS`"
        ),
        "approval_request.created_by": _name(), "approval_request.created_by_id": _id(ACTED),
        "approval_request.decided_by": _name(), "approval_request.decided_by_id": _id("who approved or refused"),
        "approval_request.origin": Held(ACTED, "address", "proof of from where", "until forgotten", "cleared"),
        "approval_request.circle": _id("who counts as one with whoever asked"),
        "approval_request.words": Held(ANYBODY, "words", "why it was refused", "for good"),
        "approval_request.said": Held(ANYBODY, "titles", "what was asked for", "for good"),
        "approval_request.wish": Held(ANYBODY, "what was asked for, whole", "to carry it out", "for good"),
        "approval_policy.changed_by": _name(), "claim_code.created_by": _name(),
        "alert.created_by_id": _id(ACTED), "alert.approved_by": _name(), "broadcast.created_by_id": _id(ACTED),
        "broadcast.approved_by": _name(), "programme.changed_by_id": _id(ACTED), "programme.approved_by": _name(),
        "audit_line.who": Held(ACTED, "name", "proof of who did what", "until forgotten", "cleared"),
        "audit_line.who_id": _id(ACTED),
        "audit_line.origin": Held(ACTED, "address", "proof of from where", "until forgotten", "cleared"),
        "audit_line.salt": Held(ACTED, "salt", "hides name and address in the chain", "until forgotten", "cleared"),
        "audit_line.sealed": Held(ACTED, "digest of the two", "the chain", "for good: tells nothing without the salt"),
        "audit_line.subject": Held(STAFF, "id", "whose rights were changed", "for good"),
        "audit_line.detail": Held(ANYBODY, "titles, roles", "what was done", "for good; of people only ids and roles"),
        "audit_line.before": Held(ANYBODY, "fields of things", "what was replaced", "for good; of people ids only"),
        "audit_line.after": Held(ANYBODY, "fields of things", "what replaced it", "for good; of people ids only"),
        "answered_request.who": Held(
            KEYS, "id, or the machine's user", "a request that comes again makes nothing twice",
            "`LOA_RETENTION__ANSWERED_DAYS`",
        ),
        "answered_request.key": Held(KEYS, "a text of the caller's", "the same", "`LOA_RETENTION__ANSWERED_DAYS`"),
        "alert.created_by": _name(), "air_rule.changed_by": _name(), "broadcast.created_by": _name(),
        "bulletin.created_by": _name(), "programme.created_by": _name(), "programme_choice.decided_by": _name(),
        "special_day.changed_by": _name(), "incident.closed_by": _name(),
        "bulletin.title": _said("title"), "bulletin.text": _said("text"), "bulletin.read_as": _said("text"),
        "bulletin.upload_name": Held(ANYBODY, "name of a file", "to find a recording again", "as long as the bulletin"),
        "bulletin.upload_sha256": _said("recorded voice"), "bulletin.sha256": _said("recorded voice"),
        "bulletin.wav_sha256": _said("recorded voice"), "programme.title": _said("title"),
        "programme.said": _said("titles"), "alert.text": _said("text"), "alert.read_as": _said("text"),
        "alert.speech_sha256": _said("the text, spoken"),
        "incident.detail": Held(ANYBODY, "words of speakers and broker", "to mend faults", _AS_LONG),
    }
)  # fmt: skip

FREE: Mapping[str, str] = MappingProxyType(
    {
        "person": "", "role_grant": "id since until ended_at", "audit_line": "id at clock action area_id hash",
        "api_key": "id digest role areas actions per_minute created_at expires_at revoked_at",
        "answered_request": "id fingerprint subject at", "audit_head": "id seq hash",
        "alert": "moved_at placed_at "
        "id rev action created_at revised_at start_at expires_at repeats gap_ms volume tone_sha256 tone_ms "
        "speech_ms speech_at silent_speech speech_problem cleared cancelled_at",
        "alert_area": "alert_id area_id", "air_rule": "id area_id zone_id device_id name rules changed_at",
        "airing": "programme_id nominal_at start_at sha256 order_id instead withdrawn_at",
        "area": "ended_at merged_into id name parent_id latitude longitude languages next_number created_at",
        "blob": "sha256 size duration_ms chunk_bytes clip issued_at retained_until",
        "broadcast": "id bulletin_id occurrence_id sha256 duration_ms rank volume repeats gap_ms start_at ends_at "
        "max_late_ms expires_at created_at programme_id stop_requested_at stop_published_at",
        "broadcast_area": "broadcast_id area_id",
        "bulletin": "held id owner_id kind category language original_id members voice chime state problem lufs "
        "true_peak_db warnings created_at",
        "delivery": "occurrence_id device_id order_id kind state changed_at deadline_at published_at attempts reason "
        "heard_ms expected_ms sha256 started_at ended_at clock_error_us restarts withdrawn_at",
        "delivery_event": "id occurrence_id device_id at event state reason receipt",
        "device": "replaced_by shut_out_at status status_at "
        "id name area_id public_key registered_at retired_at volume trim_us latitude longitude bearing "
        "interleave sim_daily_bytes config_seq config_content reported_config_seq online last_seen online_changed_at "
        "boot model firmware health health_at",
        "device_plan": "device_id seq content valid_to published_at attempts held_seq held_at missing free_bytes "
        "clock_error_us",
        "erasure": "device_id sha256 at", "glossary": "id area_id written spoken",
        "approval_policy": "area_id changed_at from_percent from_speakers hours id ranks sources",
        "approval_request": "id kind action nature reason subject pins fingerprint places speakers everyone "
        "bulletin_id start_at created_at expires_at state decided_at result problem",
        "area_past": "area_id name parent_id since",
        "claim_code": "id digest area_id name latitude longitude bearing replaces created_at expires_at withdrawn_at "
        "used_at device_id refused",
        "device_certificate": "serial device_id public_key pem issued_at not_after revoked_at",
        "known_browser": "digest id made_at expires_at", "log_in_session": "digest id waits ends_at by_provider",
        "log_in_try": "id at", "one_time_link": "digest kind made_at expires_at used_at",
        "recovery_code": "digest made_at", "second_factor": "made_at confirmed_at last_step",
        "stay": "id device_id area_id home number since until since_seq left_seq",
        "incident": "id kind device_id subject opened_at last_at count closed_at", "lease": "name holder token until",
        "membership": "area_id device_id number", "occurrence": "id order_id start_at publish_at expires_at claimed_at",
        "programme": "id owner_id revision created_at changed_at ended_at",
        "programme_choice": "first_id second_id second decided_at",
        "receipt_ledger": "device_id ledger through first_seen", "speaker_group": "id name created_at",
        "speaker_group_member": "group_id device_id", "special_day": "day name off source changed_at",
        "timetable": "id wanted planned until", "zone": "id name area_id kind latitude longitude radius_m created_at",
    }
)  # fmt: skip
"""Table to its columns in which nobody is named: places, poles, sounds, times of things."""


def columns(goes: How) -> list[tuple[str, str]]:
    """Table and column of all that goes in this way when somebody is forgotten."""
    names = [name.partition(".") for name, held in INVENTORY.items() if held.goes == goes]
    return [(table, column) for table, _, column in names]
