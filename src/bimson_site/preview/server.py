"""HTTP: requests to answers, and answers to responses. The only import of starlette.

Every request passes the gate first. Only GET and HEAD are known; nothing that is asked for is ever put together
to the path of a file. Next: `serving`, which opens the port.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bimson_site.effects import files
from bimson_site.preview import gate
from bimson_site.preview.answers import NOTHING, Answer
from bimson_site.preview.desk import Desk, Tab
from bimson_site.preview.notes import ROOM, SCRIPT

Ask = Callable[[str], Awaitable[Answer]]

# What a web server says of the files that sites are made of, whatever this machine's tables hold.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".htm": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_HEADERS = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}


def media_type(name: str) -> str:
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, no path
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def application(ask: Ask, served_as: str, desk: Desk | None, log: Callable[[str], None]) -> ASGIApp:
    """What answers requests: `ask` knows the answer to a path; `served_as` is what the server listens on;
    a preview has a desk, whose tabs are told of changes. `log` is given a line for each request."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        response = await _response(request, scope, ask, served_as, desk)
        log(f"{response.status_code} {request.method} {_shown(scope)}")
        await response(scope, receive, send)

    return app


def _shown(scope: Scope) -> str:
    return ascii(scope.get("raw_path", b"").decode("latin-1"))[1:-1]


async def _response(
    request: Request, scope: Scope, ask: Ask, served_as: str, desk: Desk | None
) -> Response:
    hosts, origins = request.headers.getlist("host"), request.headers.getlist("origin")
    if not gate.admitted(hosts, origins, served_as):
        return PlainTextResponse("403\n", 403, _HEADERS)
    if request.method not in {"GET", "HEAD"}:
        return PlainTextResponse("405\n", 405, {**_HEADERS, "allow": "GET, HEAD"})
    path = gate.path_of(scope.get("raw_path") or b"")
    if path is None:
        return _of(request, NOTHING)
    if desk and path == f"{ROOM}events" and request.method == "GET":  # HEAD has no end to wait for
        return await _events(request, desk)
    if desk and path == SCRIPT:
        return _of(request, Answer(200, "preview.js", script()))
    return _of(request, await ask(path))


def script() -> bytes:
    """The script of the preview, with the style of what it shows."""
    css = files.packaged_file("preview/note.css").decode()
    return f"const CSS = {json.dumps(css)};\n".encode() + files.packaged_file("preview/preview.js")


def _of(request: Request, answer: Answer) -> Response:
    if answer.goto:
        return Response(None, answer.status, {**_HEADERS, "location": _quoted(answer.goto)})
    kind = media_type(answer.name)
    if answer.file:
        return _file(request, answer.file, answer.status, kind)
    mark = f'"{blake2b(answer.data, digest_size=12).hexdigest()}"'
    headers = {**_HEADERS, "etag": mark}
    if answer.status == 200 and mark in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return Response(answer.data, answer.status, headers, media_type=kind)


def _file(request: Request, place: Path, status: int, kind: str) -> Response:
    try:
        found = place.stat()
    except OSError:
        return PlainTextResponse("404\n", 404, _HEADERS)
    mark = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
    headers = {**_HEADERS, "etag": mark}
    if status == 200 and mark in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return FileResponse(place, status, headers, media_type=kind, stat_result=found)


def _quoted(path: str) -> str:
    return quote(path, safe="/.~-_!$&'()*+,;=@:")


async def _events(request: Request, desk: Desk) -> Response:
    """Server-sent events (WHATWG HTML, section 9.2): a tab's note, whenever it is another."""
    page = gate.path_of(quote(request.query_params.get("page", "")).encode())
    if page is None:
        return _of(request, NOTHING)
    tab = Tab(page)

    async def stream() -> AsyncIterator[str]:
        try:
            yield "retry: 500\n\n"
            await desk.join(tab)
            while True:
                try:
                    news = await asyncio.wait_for(tab.news.get(), _BREATH)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if news is None:
                    return
                yield f"data: {news}\n\n"
        finally:
            desk.tabs.discard(tab)

    return StreamingResponse(stream(), 200, _HEADERS, media_type="text/event-stream")


_BREATH = 15  # seconds after which a silent line says that it is alive
