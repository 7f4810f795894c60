"""The installation with its web interface, up until somebody stops it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from api.app import create_app, warm_up
from api.cli.endpoint import Endpoint, remove_endpoint, write_endpoint
from api.cli.first_start import keep_root
from api.connections import BACKLOG, server
from api.headers import worn
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.runtime.installation import Installation, running
from controller.settings import Settings


@dataclass(frozen=True)
class Served:
    """A running installation and where it listens."""

    installation: Installation
    endpoint: Endpoint


@contextmanager
def serving(settings: Settings, *, any_port: bool = False) -> Iterator[Served]:
    """Run installation and web interface; `any_port`: take a free port where the wished one is in use.

    OSError if the port is in use and another will not do.
    """
    keep = partial(keep_root, DataFolder(settings.data.absolute()))
    with running(settings, keep) as installation, listening(settings, any_port) as listener:
        stop = _start(installation, listener)
        host, port = listener.getsockname()[:2]
        endpoint = Endpoint(f"http://{host}:{port}", installation.broker.url)
        write_endpoint(settings.data, endpoint)
        try:
            yield Served(installation, endpoint)
        finally:
            remove_endpoint(settings.data)
            stop()


def _start(installation: Installation, listener: socket.socket) -> Callable[[], None]:
    """Serve in a thread; the answer ends it and waits until requests under way have been answered."""
    worn_always = worn(installation.services.settings.api.tls)
    app = create_app(installation.services)
    warm_up(app)
    web = server(app, worn=worn_always, timeout_graceful_shutdown=5)
    thread = world.start_thread("loa-web", lambda: web.run(sockets=[listener]))
    world.wait_until(lambda: web.started, 30)

    def stop() -> None:
        web.should_exit = True
        thread.join(timeout=10)

    return stop


@contextmanager
def listening(settings: Settings, any_port: bool) -> Iterator[socket.socket]:
    """A socket at the wished address. OSError if it is in use and another port will not do."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio sets it only on sockets of its own making
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with listener:
        try:
            listener.bind((settings.api.host, settings.api.port))
        except OSError:
            if not any_port:
                raise
            listener.bind((settings.api.host, 0))
        listener.listen(BACKLOG)
        yield listener
