"""`loa say`."""

from pathlib import Path

from api.cli.client import client_of
from api.cli.configured import settings_with
from api.cli.following import follow, summary
from api.cli.keeping import find_area
from api.cli.refusals import in_words
from api.cli.screen import result_json
from api.cli.screen import say as tell
from controller.runtime import world

PATIENCE_S = 1200.0


def say(text: str, areas: list[str], title: str, data: Path | None, as_json: bool) -> None:
    with in_words(), client_of(settings_with(data).data) as client:
        places = [find_area(client, area) for area in areas]
        bulletin = client.post("/bulletins?wait_s=60", {"title": title or text[:60], "text": text}, world.new_id())
        tell(f"read as: {bulletin['read_as']}")
        broadcast = client.post("/broadcasts", {"bulletin": bulletin["id"], "areas": places}, world.new_id())
        tell(f"on air at {broadcast['start_at']} for {len(broadcast['targets'])} speakers")
        order = follow(client, f"/broadcasts/{broadcast['id']}", quiet=as_json, seconds=PATIENCE_S)
    if as_json:
        result_json(order)
    else:
        tell(summary(order))
