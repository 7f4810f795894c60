"""A district with two communes, each with all that there is, and keys of every role for one of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.testclient import TestClient

from controller.people.api_keys import add_key, make_key
from controller.people.approval_models import ApprovalRequest
from controller.people.models import ApiKey, Person, RoleGrant
from controller.people.permissions import Role
from devices.incidents import open_incident
from devices.models import ClaimCode
from devices.protocol.keys import SigningKey
from devices.protocol.units import DAY
from tests.api.week import plan
from tests.fakes.desk import ApiDesk, real_now

EVERY_MORNING = {"days": {"kind": "daily"}, "times": ["05:00"], "first": "2026-01-01"}
WAVE = b"RIFF----WAVE"
LISTS = {
    "areas": "area", "devices": "device", "bulletins": "bulletin", "broadcasts": "broadcast", "alerts": "alert",
    "programmes": "programme", "groups": "group", "zones": "zone", "air-rules": "rule", "incidents": "incident",
}  # fmt: skip
"""Path of a list to the kind of what is in it."""


@dataclass
class Commune:
    """One place: everything in it is called after it."""

    name: str
    ids: dict[str, str] = field(default_factory=dict)
    """Kind to the id of the one thing of that kind that is this place's."""
    secrets: set[str] = field(default_factory=set)
    """Ids, keys and sums that nobody else may read."""

    @property
    def area(self) -> str:
        return self.ids["area"]

    def knows(self, said: str) -> set[str]:
        """What of this place is in an answer."""
        return {word for word in (self.name, *self.secrets) if word.casefold() in said.casefold()}


class District:
    """`north` and `south` under a district under a province. All of them have planned programmes."""

    def __init__(self, desk: ApiDesk, *, empty: bool = False) -> None:
        self.desk = desk
        self.client = desk.client()
        self._horns = 0
        if not empty:
            self._fill()

    def _fill(self) -> None:
        self.province = self.made("areas", name="Tỉnh Tiền Giang")
        self.above = self.made("areas", name="Huyện Gò Công", parent=self.province)
        self.north, self.south = self._commune("Bắc Hà", 10.3), self._commune("Nam Ninh", 10.5)
        self._from_above()
        plan(self.desk)
        self._collect(self.north)
        self._collect(self.south)

    def key(self, role: str, *areas: str, actions: Sequence[str] = ()) -> TestClient:
        """A client with a key of this role, good in these areas."""
        text, name = make_key(self.desk.office.chance.randbytes(24)), self.desk.office.new_id()
        with self.desk.office.database.write() as session:
            add_key(session, name, role, text, role, real_now())
            row = session.get_one(ApiKey, name)
            row.areas, row.actions = list(areas), list(actions)
        client = self.desk.client("nobody")
        client.headers["Authorization"] = f"Bearer {text}"
        return client

    def keys(self, *areas: str) -> dict[str, TestClient]:
        return {role.value: self.key(role, *areas) for role in Role}

    def new_key(self) -> str:
        """The public key of a horn that is not registered yet."""
        self._horns += 1
        return SigningKey(self._horns.to_bytes(32, "big")).verify_key.public

    def made(self, path: str, **body: Any) -> str:
        answer = self.client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def _commune(self, name: str, latitude: float) -> Commune:
        place = Commune(name)
        at, ids = {"latitude": latitude, "longitude": 106.6}, place.ids
        ids["area"] = area = self.made("areas", name=f"Xã {name}", parent=self.above)
        horns = [
            self.made("devices", name=f"Loa {name} {n}", area=area, public_key=self.new_key(), **at) for n in range(2)
        ]
        ids["device"] = horns[0]
        ids["bulletin"] = self.made(
            "bulletins", title=f"Tin {name}", text=f"Bà con {name}", owner=area, category=f"tin {name}"
        )
        ids["broadcast"] = self.made("broadcasts", bulletin=ids["bulletin"], areas=[area])
        ids["alert"] = self.made("alerts", text=f"Lũ ở {name}", areas=[area], expires_in_s=600)
        ids["group"] = self.made("groups", name=f"Chợ {name}", devices=horns)
        ids["zone"] = self.made("zones", name=f"Trường {name}", kind="school", radius_m=200, area=area, **at)
        ids["rule"] = self.made("air-rules", name=f"Nghỉ {name}", area=area, rules={"budget_minutes": 60})
        self.made("air-rules", name=f"Học {name}", zone=ids["zone"], rules={"budget_minutes": 90})
        ids["programme"] = self.made("programmes", **self.programme(place, f"Sáng {name}"))
        self.made("programmes", **self.programme(place, f"Đè {name}"), on_clash="append", max_late_ms=60_000)
        entries = {"entries": {f"{name[0]}X": f"ở {name}"}}
        assert self.client.put("glossary", params={"area": area}, json=entries).status_code == 200
        self._people(place)
        with self.desk.office.database.write() as session:
            new_id = self.desk.office.new_id
            ids["incident"] = open_incident(session, new_id, "offline", real_now(), device_id=horns[1]).id
            for kind, subject in (
                ("dead_air", area),
                ("missed", ids["programme"]),
                ("alert_speech_failed", ids["alert"]),
            ):
                place.secrets.add(open_incident(session, new_id, kind, real_now(), subject=subject).id)
        return place

    def _people(self, place: Commune) -> None:
        """Somebody with a role, a key, and something that waits for a second person."""
        now, new_id, ids = real_now(), self.desk.office.new_id, place.ids
        ids |= {
            "person": new_id(),
            "grant": new_id(),
            "api_key": new_id(),
            "approval": new_id(),
            "claim_code": new_id(),
        }
        with self.desk.office.database.write() as session:
            session.add(
                Person(
                    id=ids["person"], login=f"an.{place.name}", name=f"An {place.name}", created_at=now, created_by="x",
                    changed_at=now, area_id=place.area,
                )
            )  # fmt: skip
            session.flush()
            session.add(
                RoleGrant(
                    id=ids["grant"], person_id=ids["person"], role="editor", area_id=place.area, since=now, given_by="x"
                )
            )  # fmt: skip
            session.add(
                ClaimCode(
                    id=ids["claim_code"], digest=new_id(), area_id=place.area, name=f"Loa {place.name}", created_at=now,
                    created_by=f"An {place.name}", expires_at=now + DAY,
                )
            )  # fmt: skip
            add_key(session, ids["api_key"], f"Khóa {place.name}", new_id(), "viewer", now)
            session.get_one(ApiKey, ids["api_key"]).areas = [place.area]
            session.add(
                ApprovalRequest(
                    id=ids["approval"], kind="role", action="role.give", nature="sensitive", reason="role",
                    subject=ids["person"], said=f"Ở {place.name}", wish={"person": ids["person"], "role": "viewer"},
                    fingerprint=ids["person"], places=[place.area], created_at=now, created_by=f"An {place.name}",
                    created_by_id=f"person/{ids['person']}", origin="", expires_at=now + DAY,
                )
            )  # fmt: skip

    def programme(self, place: Commune, title: str, **changes: Any) -> dict[str, Any]:
        return {
            "title": title, "owner": place.area, "content": {"kind": "bulletin", "bulletin": place.ids["bulletin"]},
            "targets": {"areas": [place.area]}, "recurrence": EVERY_MORNING,
        } | changes  # fmt: skip

    def _from_above(self) -> None:
        """What both hear, each its part."""
        both = [self.north.area, self.south.area]
        horns = [place.ids["device"] for place in (self.north, self.south)]
        bulletin = self.made("bulletins", title="Tin huyện", text="Họp huyện", owner=self.above, category="tin huyện")
        self.bulletin = bulletin
        self.broadcast = self.made("broadcasts", bulletin=bulletin, areas=both, devices=horns)
        self.alert = self.made("alerts", text="Bão vào huyện", areas=[self.above], expires_in_s=600)
        self.group = self.made("groups", name="Cụm huyện", devices=horns)
        self.programme_above = self.made(
            "programmes", title="Sáng huyện", owner=self.above, content={"kind": "newest", "category": "tin huyện"},
            targets={"areas": both, "groups": [self.group], "devices": horns}, recurrence=EVERY_MORNING,
            rank="priority", on_clash="append",
        )  # fmt: skip

    def _collect(self, place: Commune) -> None:
        """Every id and sum that stands in what only this place's key is shown."""
        other = self.south if place is self.north else self.north
        mine, theirs = self._words(place), self._words(other)
        place.secrets |= set(place.ids.values()) | (mine - theirs)

    def _words(self, place: Commune) -> set[str]:
        client, found = self.key("viewer", place.area), set[str]()
        for path in (*LISTS, "preview?speakers=true"):
            found |= _names(client.get(path).json())
        return found


def _names(value: Any) -> set[str]:
    """Ids and sums, however deep."""
    if isinstance(value, dict):
        return set().union(*map(_names, value.values()))
    if isinstance(value, list):
        return set().union(*map(_names, value))
    return {value} if isinstance(value, str) and len(value) in (36, 43, 64) and " " not in value else set()


def body_of(operation: str, place: Commune, district: District) -> dict[str, Any] | None:
    """What this operation may be sent about a place; None: it takes no JSON."""
    ids, at = place.ids, {"latitude": 10.4, "longitude": 106.7}
    named: dict[str, Any] = {
        "POST /areas": {"name": f"Ấp {place.name}", "parent": place.area},
        "PUT /areas/{area}/languages": {"languages": ["vi"]},
        "POST /devices": {"name": f"Loa mới {place.name}", "area": place.area, "public_key": district.new_key()},
        "POST /devices/batch": {
            "area": place.area, "devices": [{"name": f"Loa lô {place.name}", "public_key": district.new_key()}]
        },
        "PUT /devices/{device}/coordinates": at,
        "POST /bulletins": {"title": f"Bản {place.name}", "text": place.name, "owner": place.area,
                            "version_of": ids["bulletin"], "language": "tyz"},
        "POST /bulletins/playlists": {"title": place.name, "members": [ids["bulletin"]] * 2, "owner": place.area,
                                      "version_of": ids["bulletin"], "language": "hmn"},
        "POST /bulletins/preview": {"text": f"{place.name[0]}X", "owner": place.area},
        "PUT /glossary": {"entries": {f"{place.name[0]}X": f"ở {place.name}"}},
        "POST /broadcasts": {"bulletin": ids["bulletin"], "areas": [place.area], "devices": [ids["device"]]},
        "POST /programmes": district.programme(
            place, f"Trưa {place.name}", on_clash="append",
            targets={"areas": [place.area], "groups": [ids["group"]], "devices": [ids["device"]]},
        ),
        "PUT /programmes/{programme}": district.programme(
            place, f"Chiều {place.name}", on_clash="append",
            targets={"areas": [place.area], "groups": [ids["group"]], "devices": [ids["device"]]},
        ),
        "POST /programmes/{programme}/exceptions": {"less": ["2099-02-05"]},
        "POST /conflicts/decisions": {"first": ids["programme"], "second": district.programme_above},
        "POST /groups": {"name": f"Nhóm {place.name}", "devices": [ids["device"]]},
        "PUT /groups/{group}": {"name": f"Nhóm {place.name}", "devices": [ids["device"]]},
        "POST /alerts": {"text": f"Cháy ở {place.name}", "areas": [place.area], "expires_in_s": 60},
        "POST /air-rules": {"name": f"Luật {place.name}", "area": place.area, "rules": {}},
        "PUT /air-rules/{rule}": {"name": f"Luật {place.name}", "area": place.area, "rules": {}},
        "POST /zones": {"name": f"Chùa {place.name}", "kind": "temple", "radius_m": 50, "area": place.area, **at},
        "PUT /zones/{zone}": {"name": f"Chùa {place.name}", "kind": "temple", "radius_m": 50, "area": place.area, **at},
        "POST /areas/changes/preview": {"change": {"kind": "rename", "area": place.area, "name": f"Mới {place.name}"}},
        "POST /areas/changes": {
            "change": {"kind": "rename", "area": place.area, "name": f"Mới {place.name}"}, "fingerprint": "old"
        },
        "PUT /devices/{device}/status": {"status": "lost"},
        "POST /claim-codes": {"area": place.area, "name": f"Loa {place.name}"},
        "POST /enrolments": {"code": "x", "public_key": district.new_key(), "csr": "x"},
        "POST /enrolments/renewals": {"request": "x"},
        "POST /persons": {"login": f"binh.{district.new_key()[:9]}", "name": f"Bình {place.name}", "area": place.area},
        "PUT /persons/{person}": {"name": f"Chi {place.name}"},
        "POST /roles": {"person": ids["person"], "role": "viewer", "area": place.area},
        "POST /delegations": {
            "to": f"an.{place.name}", "role": "viewer", "area": place.area, "until": "2099-01-01T00:00:00Z"
        },
        "POST /keys": {"name": f"Trạm {place.name}", "role": "viewer", "areas": [place.area]},
        "POST /approvals/{approval}/approve": {"words": place.name},
        "POST /approvals/{approval}/refuse": {"words": place.name},
        "POST /approvals/{approval}/withdraw": {"words": place.name},
        "PUT /approval-policy": {"ranks": ["priority"]},
        "PUT /areas/{area}/approval-policy": {"ranks": ["priority"]},
        "POST /special-days/refill": {"years": [2026]},
        "PUT /special-days/{day}": {"name": "Làm bù", "off": False},
    }  # fmt: skip
    found = named.get(operation)
    return json.loads(json.dumps(found)) if found is not None else None


def query_of(operation: str) -> dict[str, str]:
    """What has to be asked with it."""
    today = datetime.now(UTC).date()
    month = {"from": str(today - timedelta(days=3)), "to": str(today + timedelta(days=27))}
    return {
        "GET /reports/airings": month, "GET /special-days": {"year": "2026"}, "GET /preview": {"speakers": "true"},
    }.get(operation, {})  # fmt: skip


VARIANTS = {
    "GET /reports/airings": [{"per": "programme"}, {"format": "xlsx"}, {"format": "csv", "per": "speaker"}],
    "GET /programmes/export": [{"format": "csv"}, {"format": "ics"}],
    "GET /incidents": [{"open": "true"}],
    "GET /bulletins/{bulletin}/audio": [{"format": "wav"}],
}  # fmt: skip
"""Other forms in which the same is answered."""
