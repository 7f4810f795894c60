"""The demo's places: huyện Gò Công Đông, Tiền Giang, with its thirteen communes (rough coordinates)."""

from dataclasses import dataclass

from api.cli.client import Client


@dataclass(frozen=True)
class Place:
    """Degrees, WGS 84."""

    name: str
    latitude: float
    longitude: float


DISTRICT = Place("Gò Công Đông", 10.350, 106.750)
COMMUNES = (
    Place("Thị trấn Tân Hòa", 10.323, 106.714),
    Place("Thị trấn Vàm Láng", 10.418, 106.787),
    Place("Xã Tăng Hòa", 10.323, 106.738),
    Place("Xã Tân Phước", 10.432, 106.732),
    Place("Xã Gia Thuận", 10.425, 106.762),
    Place("Xã Tân Tây", 10.398, 106.717),
    Place("Xã Kiểng Phước", 10.393, 106.783),
    Place("Xã Tân Đông", 10.383, 106.694),
    Place("Xã Bình Ân", 10.356, 106.733),
    Place("Xã Bình Nghị", 10.330, 106.686),
    Place("Xã Phước Trung", 10.285, 106.710),
    Place("Xã Tân Điền", 10.336, 106.772),
    Place("Xã Tân Thành", 10.293, 106.762),
)


def found_district(client: Client) -> tuple[str, list[str]]:
    """Make the areas (once, however often asked): the district's id and the communes' ids."""
    root = _area(client, DISTRICT, None)
    return root, [_area(client, commune, root) for commune in COMMUNES]


def _area(client: Client, place: Place, parent: str | None) -> str:
    body = {"name": place.name, "parent": parent, "latitude": place.latitude, "longitude": place.longitude}
    return str(client.post("/areas", body, key=f"demo-area-{place.latitude}-{place.longitude}")["id"])
