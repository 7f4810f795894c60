"""What a browser is called by people, from what it calls itself. Pure; a guess, for reading only."""

BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "coc_coc": "Cốc Cốc",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux",
}  # fmt: skip
LONGEST = 40


def browser_name(agent: str) -> str:
    """`Firefox, Windows`; the beginning of what it says where neither is known."""
    named = [next((name for mark, name in known.items() if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named)) or agent[:LONGEST] or "?"
