"""The interface in a process of its own, whose memory can be watched: `python -m tests.fakes.desk_server FOLDER`."""

import json
import socket
import sys
from pathlib import Path

import structlog

from api.connections import server
from tests.fakes.desk import ApiDesk


def main(folder: str) -> None:
    """Serve until killed; the first line on stdout names port and key."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with ApiDesk(Path(folder)) as desk, socket.create_server(("127.0.0.1", 0)) as listener:
        print(json.dumps({"port": listener.getsockname()[1], "key": desk.keys["administrator"]}), flush=True)  # noqa: T201
        server(desk.app).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1])
