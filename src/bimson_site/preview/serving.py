"""Opens a port and serves on it until somebody says that it is enough. The only import of uvicorn.

Owns the sockets; what is answered: `server`. A port that was asked for is used or refused; else the next free one
is taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn

from bimson_site.preview import built
from bimson_site.preview.answers import Answer, Answers
from bimson_site.preview.desk import Desk
from bimson_site.preview.server import application
from bimson_site.preview.watch import Watch

FIRST, LAST = 8000, 8099  # ports that are tried where none is asked for


def listening(host: str, port: int | None) -> socket.socket:
    """A socket that listens: on the port, or on the first free one. OSError where there is none."""
    ports = [port] if port is not None else range(FIRST, LAST + 1)
    refused: OSError | None = None
    for each in ports:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, each, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
            found.listen(128)
        except OSError as err:
            found.close()
            refused = err
        else:
            return found
    assert refused is not None  # there is at least one port
    raise refused


def address(listens: socket.socket, host: str) -> str:
    """The address to open in a browser."""
    name = host if host not in {"0.0.0.0", "::", ""} else "127.0.0.1"  # noqa: S104 - none of them is a name
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{listens.getsockname()[1]}"


class _Server(uvicorn.Server):
    """Lets the tabs go as soon as it is told to end, or it would wait for them."""

    ended: Callable[[], None] = staticmethod(lambda: None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.ended()

    def leave(self) -> None:
        """End without being told to."""
        self.should_exit = True
        self.ended()


def _server(app: object) -> _Server:
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        log_level="error",  # what strangers send is no news
        access_log=False,
        lifespan="off",
        server_header=False,
        http="h11",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    return _Server(config)


def _soon(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(work)


def serve(
    answers: Answers,
    listens: socket.socket,
    host: str,
    log: Callable[[str], None],
    ready: Callable[[], None],
    unwatched: Callable[[str], None],
) -> None:
    """Serve a preview that is planned until Ctrl-C. `ready` is called when the files are watched; `unwatched`
    with the reason why the system does not watch them, at any time."""

    async def main() -> None:
        desk = Desk(answers)
        watch = Watch(answers.session.root, desk.stir, unwatched)
        server = _server(application(desk.answer, host, desk, log))
        loop = asyncio.get_running_loop()
        server.ended = lambda: _soon(loop, desk.close)
        keeping = asyncio.create_task(desk.run())
        keeping.add_done_callback(
            lambda _: server.leave()
        )  # it has no end of its own, but for a bug
        try:
            watch.start()
            ready()
            # What was saved between the plan and the watch, nobody has told of.
            desk.stir(await asyncio.to_thread(answers.session.younger))
            await server.serve(sockets=[listens])
        finally:
            watch.stop()
            keeping.cancel()
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    await keeping
            finally:
                desk.end()

    # A plan keeps the interpreter busy for seconds; whoever asks for a page waits for its turn many times.
    sys.setswitchinterval(0.0005)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())


def serve_built(
    folder: Path, prefix: str, listens: socket.socket, host: str, log: Callable[[str], None]
) -> None:
    """Serve an output folder until Ctrl-C."""

    async def main() -> None:
        async def ask(path: str) -> Answer:
            return await asyncio.to_thread(built.answer, folder, prefix, path)

        await _server(application(ask, host, None, log)).serve(sockets=[listens])

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
