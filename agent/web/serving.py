"""An ASGI application behind uvicorn, until SIGINT or SIGTERM."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from agent.web.asgi import App

STOPPING = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """Ends with the word of whoever started it; what is being answered is answered first."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        """`ready` is called once it answers."""
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in STOPPING:
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in STOPPING:
                loop.remove_signal_handler(number)

    def stop(self) -> None:
        self.should_exit = True


def serve(app: App, door: socket.socket, ready: Callable[[], None]) -> None:
    """Blocks. Nothing of a request is logged here: it may be anybody's."""
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    Server(config, ready).run(sockets=[door])
