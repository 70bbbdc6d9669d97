"""The socket that the server listens on."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from seed.errors import SeedError
from seed.server import listen
from seed.settings import Settings, misspelt


def test_answers_are_sent_at_once(tmp_path: Path) -> None:
    """Otherwise each answer on a kept connection waits some 40 ms for the other side's acknowledgement."""

    async def accepted() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection: socket.socket = writer.get_extra_info("socket")
            found.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listen(Settings(data=tmp_path, port=0)) as listener:
            async with await asyncio.start_server(answer, sock=listener):
                _, writer = await asyncio.open_connection(*listener.getsockname())
                writer.close()
                return await found

    assert asyncio.run(accepted()) == 1


def test_a_taken_address_is_told(tmp_path: Path) -> None:
    with listen(Settings(data=tmp_path, port=0)) as first:
        first.listen()
        with pytest.raises(SeedError, match="Cannot listen on"):
            listen(Settings(data=tmp_path, port=first.getsockname()[1]))


def test_a_setting_that_is_misspelt_is_told_and_others_are_left_alone() -> None:
    assert misspelt(["SEED_SANDBX", "SEED_SANDBOX", "SEED_URL", "SEED_TOKEN", "SEED_APP_NAME", "PATH"]) == [
        "SEED_SANDBX is no setting and does nothing. Did you mean SEED_SANDBOX?"
    ]
