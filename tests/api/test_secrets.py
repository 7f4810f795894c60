"""What must stay secret is in no log, no audit line, no refusal and no table."""

import json
import logging
import re
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes.browser import Browser
from tests.fakes.desk import ApiDesk
from tests.fakes.people import PASSWORD, Telephone, first

SECOND = "một mật khẩu khác"
WRONG = "mật khẩu gõ nhầm"


def scenario(desk: ApiDesk, browser: Browser) -> set[str]:
    """From the first start to the last log-out; all that was secret on the way."""
    path = first(desk)
    secrets = {PASSWORD, SECOND, WRONG, "loa_wrong_key", path.rpartition("/")[2]}

    def note() -> None:
        secrets.update(str(value) for value in browser.http.cookies.values())

    page = browser.open(path)
    secrets.add(page.forms[path]["csrf"])
    note()
    browser.send(page, path, name="Hoa", login="hoa", password=PASSWORD)
    note()
    page = browser.open("/account/second-factor")
    telephone = Telephone(desk, page)
    codes = [telephone.code()]
    page = browser.send(page, "/account/second-factor", password=PASSWORD, code=codes[0])
    papers = re.findall(r"<li>(\S{19})</li>", page.text)
    secrets |= {telephone.secret, page.forms["/logout"]["csrf"], *papers}
    note()
    browser.send(browser.open("/account/password"), "/account/password", old=PASSWORD, new=SECOND)
    note()
    browser.send(browser.open("/"), "/logout")
    browser.log_in(WRONG, WRONG)
    browser.log_in("hoa", WRONG)
    browser.log_in("hoa", SECOND)
    note()
    browser.send(browser.open("/login/code"), "/login/code", recovery=papers[0])
    browser.open(f"/link/{'B' * 43}")
    browser.post("/login", {"csrf": WRONG, "password": WRONG})
    browser.ask("GET", f"areas?token={SECOND}", headers={"Authorization": "Bearer loa_wrong_key"})
    note()
    assert browser.open("/").path == "/" and len(papers) == 10
    return secrets - {"vi"}


def test_nothing_secret_is_anywhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ApiDesk(tmp_path) as desk, capture_logs() as lines:
        secrets = scenario(desk, Browser(desk.app))
        ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("http", "asyncio"))]
        said = json.dumps([*lines, *ours, desk.audit()], ensure_ascii=False, default=str)
        assert len(secrets) > 20 and len(lines) > 20
        assert not [secret for secret in secrets if secret in said]
        desk.office.database.close()
        kept = b"".join(path.read_bytes() for path in sorted(desk.office.folder.glob("loa.db*")))
        assert not [secret for secret in secrets if secret.encode() in kept]
