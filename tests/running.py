"""A preview at work: the real command in a process of its own, a real port, real files."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from conftest import Site


@dataclass
class Served:
    """A running preview."""

    site: Site
    port: int
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def raw(self, data: bytes) -> bytes:
        """What comes back for some bytes, until the server closes or has answered a whole response."""
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            line.sendall(data)
            got = b""
            while more := line.recv(65536):
                got += more
            return got

    def get(self, target: str, *headers: str, host: str = "", method: str = "GET") -> Response:
        host = host or f"127.0.0.1:{self.port}"
        head = "".join(f"{h}\r\n" for h in (f"Host: {host}", *headers, "Connection: close"))
        return Response.of(self.raw(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1")))

    def end(self) -> tuple[int, str]:
        """Ctrl-C; the exit code, and what was said in all."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate()
        return self.process.returncode, "".join(self.said) + rest


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @staticmethod
    def of(raw: bytes) -> Response:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        return Response(int(first.split()[1]), {k.lower(): v for k, v in headers.items()}, body)

    @property
    def text(self) -> str:
        return self.body.decode()


@contextmanager
def serving(site: Site, *options: str, lang: str = "en") -> Iterator[Served]:
    process = subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-m",
            "bimson_site",
            "serve",
            "--site",
            str(site.root),
            "--lang",
            lang,
            *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    said: list[str] = []
    try:
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"http://[^:]*:(\d+)/", line):
                break
        else:
            raise AssertionError("".join(said))
        yield Served(site, int(found[1]), process, said)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
