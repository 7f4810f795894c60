"""A short ledger of acts, made through the door that every act goes through."""

from controller.people.audit import Act, record
from controller.people.permissions import Action
from firmware_sim.village.office import Office

AREA = "11111111-1111-4111-8111-111111111111"


def act(office: Office, number: int, who: str = "Nguyễn Thị Bảy", who_id: str = "person/b7") -> Act:
    return Act(who, "10.0.0.7", office.begin + number, who_id=who_id)


def write_lines(office: Office, count: int, who_id: str = "person/b7") -> None:
    """So many lines, each in a transaction of its own."""
    for number in range(count):
        with office.database.write() as session:
            before, after = {"volume": number, "name": "a"}, {"volume": number + 1, "name": "a"}
            place = AREA if number % 2 else None
            record(
                session, act(office, number, who_id=who_id), Action.AIR_EDIT, f"rule-{number}", "đổi", area=place,
                before=before, after=after,
            )  # fmt: skip
