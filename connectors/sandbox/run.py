"""The whole sandbox as a process: serve it here, or run it as a child and talk to it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import uvicorn
from starlette.applications import Starlette

from connectors.sandbox import identity
from connectors.sandbox.certificates import certificates
from connectors.sandbox.control import Control
from connectors.sandbox.core import Core
from connectors.sandbox.doors import Door
from connectors.sandbox.doors import Server as Serving
from connectors.sandbox.estate import PAIR, Estate, read_establishments
from connectors.sandbox.faults.catalogue import Halves
from connectors.sandbox.http import application
from connectors.sandbox.lines import Line
from connectors.sandbox.mail import mailboxes
from connectors.sandbox.ready import said, write_files
from connectors.sandbox.records import Records
from connectors.sandbox.zoom.limits import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What can be chosen. `data` None: a new folder under the system's temporary one."""

    establishments_file: Path
    establishments: int | None = None  # the first of the file; None: all
    seed: int = 1
    devices: int | None = None  # None: two for each establishment
    host: str = "127.0.0.1"
    port: int = 0  # of Graph; Zoom, the control API and Notify have the next three. 0: any
    tls: bool = False  # Graph and Zoom speak HTTPS, by an authority of this run
    latency_ms: float = 0
    limit_scale: float = 1.0
    now: datetime | None = None  # the estate's moment; None: when it starts
    data: Path | None = None
    faults: int = 0  # planted at start, by the plan of `seed`
    halves: Halves = Halves.MDM  # what these faults are of
    zoom_plan: Plan = Plan.BUSINESS  # what the Zoom account pays for, and so its rate limits
    until_stdin_closes: bool = False


class Server(uvicorn.Server):
    """Ends with its caller's word and leaves the exit code to the caller."""

    def __init__(
        self, config: uvicorn.Config, doors: Sequence[Door], ready: Callable[[], None]
    ) -> None:
        """`ready` is called once it answers at every door."""
        super().__init__(config)
        self._doors, self._ready = doors, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        serving = Serving(self._line, lambda: (one.transport for one in self._lines()))
        for door in self._doors:
            await door.open(serving)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for door in self._doors:
            door.close()
        await super().shutdown(sockets)

    def _line(self) -> Line:
        state = self.lifespan.state
        return Line(config=self.config, server_state=self.server_state, app_state=state)

    def _lines(self) -> Iterator[Line]:
        return (one for one in self.server_state.connections if isinstance(one, Line))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop, stopping = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
        for number in stopping:
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in stopping:
                loop.remove_signal_handler(number)

    def stop(self) -> None:
        self.should_exit = True


def serve(options: Options, out: TextIO) -> None:
    """Serve until SIGINT or SIGTERM. One line of JSON on `out` says that it is ready."""
    folder = options.data or Path(tempfile.mkdtemp(prefix="callsteward-sandbox-"))
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(options, folder.resolve(), out))


@contextlib.contextmanager
def running(options: Options) -> Iterator[Mapping[str, Any]]:
    """The sandbox as a child process that ends with this block, or with this process."""
    command = [sys.executable, "-m", "connectors.sandbox", *_arguments(options)]
    with subprocess.Popen(  # noqa: S603
        [*command, "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": _import_path()},
    ) as child:
        try:
            line = child.stdout.readline() if child.stdout else ""
            if not line:
                raise ChildProcessError("the sandbox did not start: see what it wrote above")
            yield json.loads(line)
        finally:
            child.terminate()


async def _serve(options: Options, folder: Path, out: TextIO) -> None:
    doors, ca_file = _doors(options, folder)
    graph, zoom, steering, notify = doors
    core = _core(options, graph.url, zoom.url)
    files = write_files(core, folder)
    async with mailboxes(options.host, folder) as mail:
        words = said(core, files, mail, steering.url, notify.url, ca_file)

        def ready() -> None:
            out.write(f"{json.dumps(words)}\n")
            out.flush()

        app = application(Control(core, options.latency_ms), doors, mail)
        server = Server(_config(app), doors, ready)
        with _watching_stdin(server.stop) if options.until_stdin_closes else _nothing():
            await server.serve()


def _doors(options: Options, folder: Path) -> tuple[tuple[Door, Door, Door, Door], Path | None]:
    """For Graph, Zoom, the control API and Notify; and who signed for all but the third."""
    shown, ca_file = certificates(options.host, folder) if options.tls else (None, None)
    ports = [options.port and options.port + place for place in range(4)]
    outside = [Door(options.host, ports[place], shown) for place in (0, 1, 3)]
    return (outside[0], outside[1], Door(options.host, ports[2]), outside[2]), ca_file


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Line,
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=60,
    )


def _core(options: Options, base_url: str, zoom_url: str) -> Core:
    establishments = read_establishments(options.establishments_file, options.establishments)
    estate = Estate(
        options.seed,
        (options.now or datetime.now(UTC)).replace(microsecond=0),
        establishments,
        options.devices or PAIR * len(establishments),
    )
    core = Core(
        Records(estate),
        identity.identity(options.seed),
        lambda: datetime.now(UTC),
        base_url,
        options.limit_scale,
        options.zoom_plan,
        zoom_url,
    )
    if options.faults:
        core.planting.plant_many(options.faults, options.seed, options.halves)
    return core


@contextlib.contextmanager
def _watching_stdin(stop: Callable[[], None]) -> Iterator[None]:
    """Whoever started us holds the other end: when it is gone, so are we."""
    loop = asyncio.get_running_loop()

    def look() -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            loop.remove_reader(sys.stdin.fileno())
            stop()

    loop.add_reader(sys.stdin.fileno(), look)
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin.fileno())


_nothing = contextlib.nullcontext


def _arguments(options: Options) -> Iterator[str]:
    values: Mapping[str, object] = {
        "--establishments-file": options.establishments_file,
        "--establishments": options.establishments,
        "--seed": options.seed,
        "--devices": options.devices,
        "--host": options.host,
        "--port": options.port,
        "--latency-ms": options.latency_ms,
        "--limit-scale": options.limit_scale,
        "--now": options.now and options.now.isoformat(),
        "--data": options.data,
        "--faults": options.faults,
        "--halves": options.halves,
        "--zoom-plan": options.zoom_plan,
    }
    for name, value in values.items():
        if value is not None:
            yield from (name, str(value))
    if options.tls:
        yield "--tls"


def _import_path() -> str:
    """Where this package was found, for a child started from any folder."""
    return str(Path(__file__).resolve().parents[2])
