"""The inventory of personal data as a page: what docs/privacy.md says, word for word."""

from collections.abc import Iterable

from controller.people.inventory import INVENTORY, Held, How

_GOES: dict[How, str] = {
    "stays": "stays",
    "name": "replaced by the id",
    "cleared": "emptied",
    "deleted": "deleted",
}
INTRODUCTION = """# Personal data

Made by `loa privacy --out docs/privacy.md` from `controller/people/inventory.py`; a test fails where a column of the
database is neither listed there nor declared free of personal data.

Villagers have no account and leave no data here: speakers record nothing, their microphones yield numbers only.
People of the office are known by an id; their name, log-in name and address are kept only where the table says so.

**Who wants to be forgotten** is forgotten in one step: they can log in no more, their name becomes their id
everywhere, and in the audit record name and address leave every line together with the salt that hid them. The chain
still holds: it covers only a salted digest of both, which tells nothing without the salt. Backups and exports that
were made before still hold the name: delete those when they are of no more use.

**By itself** goes, once a day, what is older than `LOA_RETENTION__ANSWERED_DAYS` (requests already answered; 400 days,
so that no order which may still be ahead can be made twice), `LOA_RETENTION__ENDED_DAYS` (sessions, links and known
browsers that have ended, guesses at passwords; 30 days) and `LOA_RETENTION__ADDRESS_DAYS` (from where a key was last
used; 90 days). The log of requests goes to standard error, holds names and addresses of who asked, and is kept
as long as whoever collects it keeps it: 90 days are enough to find out about a break-in.

| column | of whom | what | why | how long | when forgotten |
|---|---|---|---|---|---|
"""


def page() -> str:
    return INTRODUCTION + "".join(_rows(INVENTORY.items()))


def _rows(held: Iterable[tuple[str, Held]]) -> Iterable[str]:
    for column, one in sorted(held):
        yield f"| `{column}` | {one.whose} | {one.what} | {one.why} | {one.kept} | {_GOES[one.goes]} |\n"
