"""`loa read-as`."""

from pathlib import Path

from api.cli.configured import settings_with
from api.cli.refusals import in_words
from api.cli.screen import result, result_json
from controller.db import Database
from controller.library.glossary import read_glossary
from controller.reading.preview import preview
from controller.runtime.folder import DataFolder


def read_as(text: str, data: Path | None, as_json: bool) -> None:
    with in_words():
        seen = preview(text, _glossary(settings_with(data).data))
    if as_json:
        changes = [{"written": change.written, "spoken": change.spoken, "rule": change.rule} for change in seen.changes]
        result_json({"text": text, "read_as": seen.read_as, "changes": changes})
    else:
        result(seen.read_as)


def _glossary(data: Path) -> dict[str, str]:
    path = DataFolder(data).database
    if not path.is_file():
        return {}
    database = Database(path)
    with database.read() as session:
        return read_glossary(session)
