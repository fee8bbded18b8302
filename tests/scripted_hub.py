"""A small hub on loopback: a folder over the HTTP that huggingface_hub speaks; misbehaves as it is told."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPO = "tiny/llama"


@dataclass(frozen=True)
class Cut:
    """The connection breaks after so many bytes of the body."""

    after: int


@dataclass(frozen=True)
class Stall:
    """Nothing more comes after so many bytes, until the test is over."""

    after: int


@dataclass(frozen=True)
class Corrupt:
    """A byte in the middle is another one."""


@dataclass(frozen=True)
class Deaf:
    """A wish for a range is not heard: the whole comes."""


@dataclass(frozen=True)
class Answer:
    """A status, with the hub's own word for the error."""

    status: int
    code: str = ""


Script = Callable[[str, int], object]


class Hub:
    """What is served, what was asked, and how it misbehaves.

    ``script(path, number)`` gives one of the classes above, or ``None`` for an honest answer; requests are
    counted from 0 for each path.
    """

    def __init__(self, folder: Path, script: Script) -> None:
        self.folder, self.script = folder, script
        self.asked: list[tuple[str, str, str]] = []  # path, Range, Authorization
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self.url = ""

    def bytes_of(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path).path
        with self.lock:
            number = sum(1 for asked, _, _ in self.asked if asked == path)
            headers = handler.headers
            self.asked.append((path, headers.get("Range", ""), headers.get("Authorization", "")))
        what = self.script(path, number)
        if isinstance(what, Answer):
            more = {"X-Error-Code": what.code} if what.code else {}
            send(handler, what.status, b"{}", more)
        elif path == f"/api/models/{REPO}/revision/main":
            send(handler, 200, json.dumps(self.listing()).encode(), {"Content-Type": "application/json"})
        elif found := re.fullmatch(rf"/{REPO}/resolve/{COMMIT}/(.+)", path):
            name = found[1]
            if name.endswith(".safetensors"):
                send(handler, 302, b"", {"Location": f"{self.url}/cdn/{name}"})
            else:
                self.give(handler, self.bytes_of(name), what)
        elif path.startswith("/cdn/"):
            self.give(handler, self.bytes_of(path.removeprefix("/cdn/")), what)
        else:
            send(handler, 404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def listing(self) -> dict:
        siblings = []
        for path in sorted(self.folder.iterdir()):
            data = path.read_bytes()
            blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            one = {"rfilename": path.name, "size": len(data), "blobId": blob}
            if path.suffix == ".safetensors":
                sha = hashlib.sha256(data).hexdigest()
                one["lfs"] = {"size": len(data), "sha256": sha, "pointerSize": 134}
            siblings.append(one)
        siblings.append({"rfilename": "../outside.json", "size": 2, "blobId": "0" * 40})
        siblings.append({"rfilename": "pytorch_model.bin", "size": 2, "blobId": "0" * 40})
        return {
            "id": REPO,
            "modelId": REPO,
            "sha": COMMIT,
            "siblings": siblings,
            "cardData": {"license": "mit"},
        }

    def give(self, handler: BaseHTTPRequestHandler, data: bytes, what: object) -> None:
        if isinstance(what, Corrupt):
            middle = len(data) // 2
            data = data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]
        wish = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(wish[1]) if wish and not isinstance(what, Deaf) else 0
        body = data[start:]
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if isinstance(what, Cut | Stall):
            handler.wfile.write(body[: what.after])
            handler.wfile.flush()
            if isinstance(what, Stall):
                self.closing.wait()
            handler.close_connection = True
        else:
            handler.wfile.write(body)


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for key, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(key, value)
    handler.end_headers()
    handler.wfile.write(body)


def honest(path: str, number: int) -> None:
    """Misbehave never."""


@contextmanager
def serving(folder: Path, script: Script = honest) -> Iterator[Hub]:
    """Serve a folder on a free port."""
    hub = Hub(folder, script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with suppress(OSError):  # who asked has given up
                hub.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    hub.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.closing.set()
        http.shutdown()
        http.server_close()
        thread.join()
