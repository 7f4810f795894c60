"""Conventions that matter, checked by a machine."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "controller", "devices", "firmware_sim", "scheduler")
WORLDS = {"controller/runtime/world.py", "firmware_sim/runtime.py"}
"""The only files that may ask for the time, for ids, for chance, or wait."""
FORBIDDEN = {
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.sleep",
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "uuid.uuid1", "uuid.uuid4", "os.urandom",
}  # fmt: skip
FORBIDDEN_MODULES = {"random", "secrets"}


def sources() -> list[Path]:
    return sorted(
        path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "versions" not in path.parts
    )


def modules() -> Iterator[object]:
    for package in PACKAGES:
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, package + "."):
            if ".migrations." not in found.name and not found.name.endswith(("_child", "__main__")):
                yield importlib.import_module(found.name)


def errors() -> list[type[Exception]]:
    found = {
        value
        for module in modules()
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Exception) and value.__module__.split(".")[0] in PACKAGES
    }
    return sorted(found, key=lambda error: (error.__module__, error.__name__))


def test_every_error_has_a_code_of_its_own_package() -> None:
    for error in errors():
        if error.__name__ in {"StudioError", "RequestRefused"}:  # each carries the code of what it refuses
            continue
        code = getattr(error, "code", None)
        assert isinstance(code, str) and code == code.lower() and " " not in code, error


def test_every_error_says_what_it_means() -> None:
    assert all(error.__doc__ or error.__bases__[0].__doc__ for error in errors())


def test_every_message_has_a_recording() -> None:
    from devices.protocol.codec import SIGNED, UNSIGNED

    recorded = {path.stem for path in (ROOT / "tests" / "recordings").glob("*.json")}
    assert recorded == set(SIGNED) | set(UNSIGNED)


def test_every_message_type_has_a_place_and_every_field_a_unit_or_bound() -> None:
    from devices.protocol.codec import PLACES, SIGNED, UNSIGNED

    assert set(PLACES) == set(SIGNED) | set(UNSIGNED)


def test_every_route_declares_a_permission() -> None:
    from api.permissions import permissions
    from tests.api.described import described

    declared = permissions()
    assert all(declared.values()), declared
    assert described() == set(declared)


def test_every_code_that_a_caller_can_see_has_words() -> None:
    from api.problems import catalogue

    shown = {"devices.errors", "scheduler.errors", "controller.db", "controller.audio.errors"}
    seen = {
        error.code  # type: ignore[attr-defined]
        for error in errors()
        if error.__module__ in shown or error.__module__.startswith("controller.errors")
    }
    internal = {"loa_error", "device_error", "scheduler_error", "audio_error", "data_folder_in_use", "data_folder_open",
                "backup_refused",
                "secret_file_refused", "lease_lost", "not_publishable", "refused", "mqtt_url_invalid"}  # fmt: skip
    assert seen - internal - set(catalogue()) == set()
    for problem in catalogue().values():
        assert problem.title.vi and problem.title.en and 400 <= problem.status < 600


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            yield node.lineno, f"{owner}.{node.attr}"


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module.split(".")[0]
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_time_chance_and_ids_come_from_the_runtime(path: Path) -> None:
    if str(path.relative_to(ROOT)) in WORLDS:
        return
    tree = ast.parse(path.read_text("utf-8"))
    used = [f"{line}: {name}" for line, name in calls(tree) if name in FORBIDDEN]
    used += [f"{line}: {name}" for line, name in imports(tree) if name in FORBIDDEN_MODULES | FORBIDDEN]
    assert not used


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    if path.name == "__init__.py":
        assert len(tree.body) == 1, "a package's __init__ holds a docstring only"


def test_who_opens_the_database_to_write_stamps_the_lines() -> None:
    """Without chance a name in the audit chain could be guessed for ever, though it was forgotten."""
    for path in [*(ROOT / "api").rglob("*.py"), *(ROOT / "controller" / "runtime").rglob("*.py")]:
        text = path.read_text("utf-8")
        opened = [
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Database"
        ]
        stamped = all(any(word.arg == "witness" for word in call.keywords) for call in opened)
        assert stamped or (".write()" not in text and path.name != "installation.py"), path


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_schema_is_what_the_migrations_make(tmp_path: Path) -> None:
    from alembic import command

    from controller.db import Database
    from controller.migrations.apply import config, upgrade

    database = Database(tmp_path / "loa.db")
    upgrade(database.engine)
    with database.engine.begin() as connection:
        command.check(config(connection))


def test_the_lock_files_name_no_host_and_hash_everything() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text and "--index" not in text
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pins and all("==" in line and line.endswith("\\") for line in pins)


WAYS_OUT = {"httpx", "httpcore", "requests", "aiohttp", "urllib3", "urllib.request", "http.client", "ftplib", "smtplib"}
DOORS = {"controller/net/outward.py", "controller/net/dialling.py", "firmware_sim/counter.py", "api/cli/client.py"}
"""Who may ask a server of somebody else; the command line and the simulated technician, who ask our own."""


def test_one_door_leads_to_addresses_that_people_enter() -> None:
    for path in sources():
        assert str(path.relative_to(ROOT)) in DOORS or not ways_out(path.read_text("utf-8")), path


def ways_out(text: str) -> set[str]:
    """What a source imports that asks servers, in whichever way it is written."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names for way in WAYS_OUT if name == way or name.startswith(f"{way}.")}


@pytest.mark.parametrize(
    "line",
    ["import urllib.request", "from urllib import request", "from http import client as c", "from http.client import x",
     "import httpx", "from urllib.request import urlopen"],
)  # fmt: skip
def test_no_way_of_writing_it_opens_another_door(line: str) -> None:
    assert ways_out(line) and not ways_out("from urllib import parse\nfrom http import HTTPStatus")
