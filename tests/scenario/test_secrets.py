"""A whole installation at work, well and badly used: no secret in any line that it writes or any answer (E5)."""

import re
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from api.cli.audit import export, verify
from devices.protocol import base64url
from tests.fakes.live import Live

PASSPHRASE, BROKER_WORD, TEXT = "passphrase-hush", "broker-hush", "Bí mật của xã"


def secrets_of(live: Live) -> list[str]:
    """All that must not be read anywhere, in each form that it might have."""
    found = [PASSPHRASE, BROKER_WORD, TEXT, (live.data / "api-key").read_text("ascii").strip()]
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
        live._settings["LOA_MQTT__URL"] = live.broker_url.replace("mqtt://", f"mqtt://loa:{BROKER_WORD}@")
        live.kill_server()
        live.start_server()
        answers, hidden = use(live), secrets_of(live)
    logs = [path.read_text("utf-8", "replace") for path in sorted(live.logs.iterdir())]
    first_key = (live.data / "api-key").read_text("ascii").strip()
    said = "\n".join([*answers, *(re.sub(rf"your key +{first_key}", "", text) for text in logs)])
    assert len(logs) == 2 and "broker " in logs[1] and "request" in said
    assert not [secret for secret in hidden if secret in said]
    assert "audit_anchored" in logs[1] and verify(None, live.data, as_json=True) == 0
    monkeypatch.setenv("LOA_KEYS__PASSPHRASE", PASSPHRASE)
    export(tmp_path / "audit.jsonl", live.data)
    assert verify(tmp_path / "audit.jsonl", live.data, as_json=True) == 0
