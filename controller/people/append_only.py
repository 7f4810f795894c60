"""What the database itself refuses: to change an audit line, or to take one away."""

from sqlalchemy import DDL, event

from controller.people.models import AuditLine

_KEPT = (
    "id",
    "at",
    "clock",
    "who_id",
    "sealed",
    "action",
    "subject",
    "area_id",
    "detail",
    '"before"',
    '"after"',
    "hash",
)
_SAME = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _KEPT)
TRIGGERS = (
    f"""CREATE TRIGGER audit_line_is_not_changed BEFORE UPDATE ON audit_line
WHEN NOT (NEW.who = '' AND NEW.origin = '' AND NEW.salt IS NULL AND {_SAME})
BEGIN SELECT RAISE(ABORT, 'audit lines are only added to'); END""",
    """CREATE TRIGGER audit_line_is_not_deleted BEFORE DELETE ON audit_line
BEGIN SELECT RAISE(ABORT, 'audit lines are only added to'); END""",
)


def watch_new_tables() -> None:
    """Tables that are made without migrations get the triggers too."""
    for trigger in TRIGGERS:
        made = DDL(trigger).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]
        event.listen(AuditLine.__table__, "after_create", made)  # type: ignore[attr-defined]
