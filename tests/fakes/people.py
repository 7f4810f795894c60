"""People of a desk, and what they have in their pockets."""

from collections.abc import Callable

import pyotp
from sqlmodel import Session

from controller.people.audit import Act
from controller.people.entrance.links import first_link
from controller.people.models import Person
from controller.people.newcomers import add_person, give_role
from tests.fakes.browser import Browser, Page
from tests.fakes.desk import ApiDesk

PASSWORD = "mưa xuân về làng"
MINUTE = 60_000_000


def act(desk: ApiDesk) -> Act:
    return Act("user 0", "command line", desk.services.now())


def person(
    desk: ApiDesk, login: str = "hoa", role: str = "administrator", area: str | None = None,
    password: str | None = PASSWORD,
) -> str:  # fmt: skip
    """Somebody who can log in; their id."""
    with desk.office.database.write() as session:
        made = add_person(session, desk.office.new_id(), login, login.title(), act(desk))
        give_role(session, desk.office.new_id(), made, role, area, act(desk))
        made.password = desk.entrance.passwords.kept(password) if password else None
    return made.id


def change(desk: ApiDesk, person_id: str, how: Callable[[Session, Person], None]) -> None:
    """What an administrator does with somebody."""
    with desk.office.database.write() as session:
        found = session.get_one(Person, person_id)
        how(session, found)
        found.changed_at = desk.services.now()


def first(desk: ApiDesk) -> str:
    """The link of a first start."""
    with desk.office.database.write() as session:
        made = first_link(session, act(desk), desk.office.chance.randbytes)
    assert made is not None
    return made


def logged_in(desk: ApiDesk, login: str = "hoa", origin: str = "192.0.2.1") -> Browser:
    browser = Browser(desk.app, desk.base, origin)
    assert browser.log_in(login, PASSWORD).path == "/"
    return browser


class Telephone:
    """Scans a secret, shows codes."""

    def __init__(self, desk: ApiDesk, page: Page) -> None:
        self._desk = desk
        self.secret = page.text.partition("<code>")[2].partition("</code>")[0]

    def code(self) -> str:
        """A new one: half a minute later."""
        self._desk.later += MINUTE // 2
        return pyotp.TOTP(self.secret).at(self._desk.services.now() // 1_000_000)


def with_telephone(desk: ApiDesk, browser: Browser) -> tuple[Telephone, list[str]]:
    """Turn the second factor on; the telephone, and the codes on paper."""
    page = browser.open("/account/second-factor")
    telephone = Telephone(desk, page)
    shown = browser.send(page, "/account/second-factor", password=PASSWORD, code=telephone.code())
    assert shown.status == 200, shown.text
    return telephone, [
        line[4:-5] for line in shown.text.split("\n") if line.startswith("<li>") and line.count("-") == 3
    ]
