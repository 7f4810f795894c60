"""What ends a command is said in Vietnamese and in English."""

import errno
from pathlib import Path

import pytest
import typer

from api.cli.client import Refused, Unreachable
from api.cli.refusals import in_words
from controller.db import DatabaseError, DiskFullError
from controller.errors.enrolment import ClaimCodeMistyped

DATABASE = Path("/srv/loa/loa.db")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DiskFullError("disk I/O error", DATABASE), ["Ổ đĩa đã đầy.", "disk_full: The disk is full.", str(DATABASE)]),
        (DatabaseError("malformed", DATABASE), ["Cơ sở dữ liệu", "database_error: The database", str(DATABASE)]),
        (OSError(errno.ENOSPC, "No space left", "/srv/keys"), ["Ổ đĩa đã đầy.", "The disk is full.", "/srv/keys"]),
        (ClaimCodeMistyped(), ["Mã nhận loa gõ sai.", "claim_code_mistyped: The claim code is mistyped."]),
        (Unreachable("Không gọi được.", "no answer"), ["Không gọi được.", "no answer"]),
        (
            Refused({"code": "request_invalid", "errors": [{"field": "query.limit", "said": "Quá lớn."}]}),
            ["Yêu cầu có chỗ", "request_invalid: Something", "query.limit: Quá lớn."],
        ),
        (Refused({"title": "HTTP 502"}), ["HTTP 502"]),
    ],
)  # fmt: skip
def test_it_is_said_in_both_languages(error: Exception, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), in_words():
        raise error
    said = capsys.readouterr().err
    assert all(one in said for one in words), said
