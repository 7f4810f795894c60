"""The socket that the interface is served on."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from api.cli.serving import listening
from controller.settings import ApiSettings, Settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def test_an_answer_in_two_pieces_is_not_held_back_for_the_callers_acknowledgement() -> None:
    """Else every answer comes 40 ms late; asyncio does this only for sockets that it makes itself."""
    seen: list[int] = []

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def run(listener: socket.socket) -> None:
        async with await asyncio.start_server(greet, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()

    with listening(Settings(api=ApiSettings(port=0)), any_port=False) as listener:
        asyncio.run(run(listener))
    assert seen == [1]


def test_a_port_in_use_is_an_error_or_another_is_taken(taken: int) -> None:
    settings = Settings(api=ApiSettings(port=taken))
    with pytest.raises(OSError, match="in use"), listening(settings, any_port=False):
        pass
    with listening(settings, any_port=True) as listener:
        assert listener.getsockname()[1] not in (0, taken)
