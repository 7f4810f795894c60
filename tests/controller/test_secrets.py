"""Secrets come from the environment or from files, and show in no text of ours (E5)."""

import re
import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from controller.errors.machine import SecretFileRefused
from controller.secret_files import from_files
from controller.settings import MqttSettings, Settings

ROOT = Path(__file__).parents[2]
SHAPES = (
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}", r"\bloa_[A-Za-z0-9_-]{32}\b",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b", r"\bxox[abprs]-[A-Za-z0-9-]{10,}", r"\bAIza[0-9A-Za-z_-]{35}\b",
    r"\$argon2id\$v=\d+\$[^$\s]+\$[A-Za-z0-9+/]{16,}\$[A-Za-z0-9+/]{20,}",
    r"https?://[^/\s:@\"'{}]+:[^/\s:@\"'{}]{6,}@[a-z0-9]",
)  # fmt: skip
"""Private keys, our own keys for programs, keys of others, hashes of passwords, log-ins in addresses."""


def tracked() -> list[Path]:
    """Files under version control; of an unpacked archive all that belongs to the project."""
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if found.returncode == 0:
        return [ROOT / name for name in found.stdout.decode().split("\0") if name]
    kept = ("api", "controller", "deploy", "devices", "docs", "firmware_sim", "scheduler", "tests")
    return [path for folder in kept for path in (ROOT / folder).rglob("*") if path.is_file()]


def test_no_file_of_ours_holds_a_key() -> None:
    shapes = re.compile("|".join(SHAPES))
    texts = {path: path.read_text("utf-8", "ignore") for path in tracked() if path.is_file()}
    found = {str(path.relative_to(ROOT)): hit[0][:40] for path, text in texts.items() if (hit := shapes.search(text))}
    assert not found


def test_the_shapes_find_what_they_are_for() -> None:
    for planted in (
        "-----BEGIN PRIVATE KEY-----\n" + "MC4CAQAwBQYDK2VwBCIEIA", "loa" + "_" + "a" * 32, "AKIA" + "A" * 16,
        "http://user:" + "password@example.vn",
    ):  # fmt: skip
        assert re.search("|".join(SHAPES), planted), planted


def test_a_setting_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "word").write_text("mật khẩu \n", "utf-8")
    monkeypatch.setenv("LOA_KEYS__PASSPHRASE_FILE", str(tmp_path / "word"))
    secret = Settings().keys.passphrase
    assert secret is not None and secret.get_secret_value() == "mật khẩu "


def test_a_setting_given_twice_or_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "word").write_bytes(b"\xff")
    for said in (
        {"LOA_KEYS__PASSPHRASE_FILE": str(tmp_path / "nothing")},
        {"LOA_KEYS__PASSPHRASE_FILE": str(tmp_path / "word")},
        {"LOA_KEYS__PASSPHRASE_FILE": str(tmp_path / "word"), "LOA_KEYS__PASSPHRASE": "x"},
    ):
        with pytest.raises(SecretFileRefused):
            from_files(said)
    assert from_files({"OTHER_FILE": "/nothing"}) == {}


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_KEYS__PASSPHRASE", "hush-hush")
    monkeypatch.setenv("LOA_MQTT__URL", "mqtt://loa:hush-hush@broker:1883")
    assert "hush-hush" not in repr(Settings()) + str(Settings())
    with pytest.raises(ValidationError) as refused:
        MqttSettings.model_validate({"url": "mqtt://loa:hush-hush@broker", "port": 0})
    assert "hush-hush" not in str(refused.value.errors(include_input=False))
