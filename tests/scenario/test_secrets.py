"""A whole installation at work, well and badly used: no secret in any line that it writes or any answer (E5)."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from api.cli.audit import export, verify
from controller.keys.root_file import NAME, open_root
from devices.protocol import base64url
from tests.fakes.live import ROOT, Live, end, free_port, until

PASSPHRASE, BROKER_WORD, TEXT = "passphrase-hush", "broker-hush", "Bí mật của xã"


KEPT = ("api-key", "first-link", "root-passphrase")
"""What the first start makes and shows where somebody looks, each in a file."""


def secrets_of(live: Live) -> list[str]:
    """All that must not be read anywhere, in each form that it might have."""
    kept = [(live.data / name).read_text("utf-8").strip() for name in KEPT]
    found = [PASSPHRASE, BROKER_WORD, TEXT, *kept, kept[1].rpartition("/")[2]]
    for path in (live.data / "keys").glob("*.pem"):
        key = load_pem_private_key(path.read_bytes(), PASSPHRASE.encode())
        assert isinstance(key, Ed25519PrivateKey)
        seed = key.private_bytes_raw()
        found += [seed.hex(), base64url.encode(seed), *path.read_text("ascii").splitlines()[1:-1]]
    return found


def use(live: Live) -> list[str]:
    """What is answered to good and bad requests."""
    key = {"Authorization": f"Bearer {(live.data / 'api-key').read_text('ascii').strip()}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{live.port}/api/v1/", trust_env=False, timeout=30) as caller:
        area = caller.post("areas", json={"name": "Xã"}, headers=key).json()["id"]
        answers = [
            caller.get("trust", headers=key), caller.get("audit", headers=key), caller.get("areas/x", headers=key),
            caller.get("areas", headers={"Authorization": "Bearer loa_wrong"}),
            caller.get(f"nowhere/{TEXT}", headers=key),
            caller.get("areas", params={"key": key["Authorization"][7:]}),
            caller.post("alerts", json={"areas": [area], "expires_in_s": 60}, headers=key),
            caller.post("areas", content=b"{", headers=key | {"Content-Type": "application/json"}),
            caller.get(f"areas/{area}/calendar.ics", params={"key": key["Authorization"][7:]}),
        ]  # fmt: skip
        caller.post("bulletins", json={"title": TEXT, "text": TEXT}, headers=key)
        caller.post("alerts", json={"text": TEXT, "areas": [area], "expires_in_s": 60}, headers=key)
    return [answer.text for answer in answers]


@pytest.mark.full
def test_no_secret_is_written_or_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "word").write_text(PASSPHRASE, "utf-8")
    with Live(tmp_path, settings={"LOA_KEYS__PASSPHRASE_FILE": str(tmp_path / "word")}) as live:
        before = secrets_of(live)
        live._settings["LOA_MQTT__URL"] = live.broker_url.replace("mqtt://", f"mqtt://loa:{BROKER_WORD}@")
        live.kill_server()
        live.start_server()
        answers, hidden = use(live), [*before, *secrets_of(live)]
        assert all((live.data / name).stat().st_mode & 0o077 == 0 for name in KEPT)
    logs = [path.read_text("utf-8", "replace") for path in sorted(live.logs.iterdir())]
    said = "\n".join([*answers, *logs])
    assert all(str(live.data / name) in logs[0] for name in KEPT)
    assert len(logs) == 2 and "broker " in logs[1] and "request" in said
    assert not [secret for secret in hidden if secret in said]
    assert "audit_anchored" in logs[1] and verify(None, live.data, as_json=True) == 0
    monkeypatch.setenv("LOA_KEYS__PASSPHRASE", PASSPHRASE)
    export(tmp_path / "audit.jsonl", live.data)
    assert verify(tmp_path / "audit.jsonl", live.data, as_json=True) == 0


@pytest.mark.full
def test_whoever_sits_before_the_first_start_reads_all_of_it(tmp_path: Path) -> None:
    """On a terminal, and then the passphrase of the root key lies in no file."""
    live, (terminal, line) = Live(tmp_path, own_broker=False), pty.openpty()
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--host", "0.0.0.0"]  # noqa: S104 nobody calls it
    live.mqtt_port = free_port()
    server = subprocess.Popen(command, cwd=ROOT, env=dict(live.environment), stderr=line)
    os.close(line)
    said = ""

    def told() -> bool:
        nonlocal said
        said += os.read(terminal, 65_536).decode("utf-8", "replace")
        return "it works once" in said and "travel in clear" in said

    try:
        until(told, 40, "the first start is told")
    finally:
        end(server)
        os.close(terminal)
    assert (live.data / "api-key").read_text("ascii").strip() in said
    assert (live.data / "first-link").read_text("ascii").strip() in said
    passphrase = said.partition("stored nowhere: ")[2].split()
    assert not (live.data / "root-passphrase").exists()
    assert open_root(live.data / "root" / NAME, passphrase[0])
