"""A server on loopback that speaks as an OpenAI-compatible one does, and misbehaves as it is told to."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep

Script = Callable[[int, dict], object]


class Status:
    """An answer with a status other than 200."""

    def __init__(self, status: int, **headers: str) -> None:
        self.status, self.headers = status, headers


class Raw:
    """A body of bytes, with status 200; ``cut`` promises more and hangs up."""

    def __init__(self, body: bytes, cut: bool = False, **headers: str) -> None:
        self.body, self.cut, self.headers = body, cut, headers


class HangUp:
    """The connection is closed without a word."""


class Late:
    """An answer that comes after so many seconds."""

    def __init__(self, seconds: float, then: object) -> None:
        self.seconds, self.then = seconds, then


class Drip:
    """A body that comes a byte at a time, without end."""


class Server:
    """What came in, and how it is answered.

    ``script(number, request)`` gives the words of the reply, or one of the classes above; requests are
    counted from 0 in the order in which they come.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.open = self.widest = 0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.url = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        with self.lock:
            number = len(self.requests)
            self.requests.append(body)
            self.headers.append(dict(handler.headers))
            self.paths.append(handler.path)
            self.open += 1
            self.widest = max(self.widest, self.open)
        try:
            self.say(handler, self.script(number, body))
        finally:
            with self.lock:
                self.open -= 1

    def say(self, handler: BaseHTTPRequestHandler, what: object) -> None:
        match what:
            case Late(seconds=seconds, then=then):
                self.closing.wait(seconds)
                self.say(handler, then)
            case HangUp():
                handler.close_connection = True
            case Drip():
                handler.send_response(200)
                handler.send_header("Content-Length", "100000")
                handler.end_headers()
                while not self.closing.is_set():
                    handler.wfile.write(b" ")
                    sleep(0.02)
            case Status(status=status, headers=headers):
                send(handler, status, b'{"error": {"message": "key sk-secret-1234 is wrong"}}', headers)
            case Raw(body=body, cut=cut, headers=headers):
                send(handler, 200, body, headers, len(body) + 50 if cut else len(body))
                handler.close_connection = cut
            case words:
                send(handler, 200, completion(str(words)), {})


def completion(words: str, finish: str = "stop") -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": finish}
    return json.dumps({"id": "x", "object": "chat.completion", "choices": [choice], "usage": {}}).encode()


def send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str], length: int = -1
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body) if length < 0 else length))
    for key, value in headers.items():
        handler.send_header(key.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def name_in(request: dict) -> str:
    """Return the name that a judge's question is about."""
    [message] = request["messages"]
    quoted = re.search(r'^Name: (".*")$', message["content"], re.MULTILINE)
    assert quoted is not None
    return json.loads(quoted[1])


@contextmanager
def serving(script: Script) -> Iterator[Server]:
    """Serve a script on a free port."""
    server = Server(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            with suppress(OSError):  # who asked has given up
                server.answer(self)

        def do_GET(self) -> None:
            server.paths.append(f"GET {self.path}")
            send(self, 200, completion("10"), {})

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        http.shutdown()
        http.server_close()
        thread.join()
