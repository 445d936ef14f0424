"""A real HTTP server on the loopback that speaks the OpenAI API (chat completions, responses, models), for tests and stand-in judges.

    with ChatServer(lambda request: say("42")) as server:
        client = OpenAI(base_url=server.url, api_key="none")

The script gets each request's JSON and says what to answer; `server.requests` keeps them in the order of arrival, `server.log` with headers
and times. Users have `rewardkit.testing.judge_server`, which is built on it.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from types import TracebackType
from typing import Any, Self, TypeAlias

_PIECES = 20  # a slow body comes in so many
_LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer.

    hangs: never answers, until the server closes. drops: closes the connection without a word; resets: and tells the client that it is broken.
    cut: closes it after so many bytes of the body. seconds: the body trickles in for so long. spread: probabilities of what could stand in the place of a word, for a request that asks for
    log probabilities: `{"met": {"met": 0.9, "unmet": 0.1}}`.
    """

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False
    resets: bool = False
    cut: int | None = None
    seconds: float = 0.0
    spread: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body's bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    @property
    def kind(self) -> str:
        """What it is called in a server's `counts`: its status, or the word of its fault."""
        words = {
            "hangs": self.hangs,
            "drops": self.drops,
            "resets": self.resets,
            "cut": self.cut is not None,
        }
        return next((word for word, does in words.items() if does), str(self.status))


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its number (from 0, in the order of arrival), path, headers (names in lower case), JSON body, and when it came (`time.monotonic()`)."""

    number: int
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    at: float

    @property
    def text(self) -> str:
        """All that it says to the model, the turns one after the other."""
        if "messages" in self.body:
            return "\n".join(str(message.get("content")) for message in self.body["messages"])
        return f"{self.body.get('instructions', '')}\n{self.body.get('input', '')}"


Script: TypeAlias = Callable[[dict[str, Any]], Reply]

HANG = Reply(b"", hangs=True)


def say(
    text: str | None,
    *,
    finish: str = "stop",
    tokens: int = 3,
    refusal: str | None = None,
    spread: Mapping[str, Mapping[str, float]] | None = None,
) -> Reply:
    """A normal chat completion."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": 5 + tokens},
    }
    return Reply(body, spread=spread or {})


def fail(status: int, message: str = "try later", **headers: str) -> Reply:
    """An error of the API; `Retry_After="1"` becomes the header Retry-After."""
    return Reply(
        {"error": {"message": message, "type": "scripted"}},
        status,
        {name.replace("_", "-"): value for name, value in headers.items()},
    )


def in_turn(*replies: Reply) -> Script:
    """Each request gets the next reply; the last one for ever."""
    left = list(replies)
    lock = threading.Lock()

    def script(request: dict[str, Any]) -> Reply:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return script


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512  # connections that wait to be accepted: five of them are few for clients that start at the same time

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.connections: set[socket.socket] = set()
        self._closed = False
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self.connections.discard(request)
        super().shutdown_request(request)

    def reset(self, connection: socket.socket) -> None:
        """Close it without the shutdown that would end it in good order."""
        with self._lock:
            self.connections.discard(connection)
        connection.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silent: a client that went away is no news."""

    def close(self) -> None:
        """Accept nobody any more, and end the connections that are kept alive."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self.connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # the client was faster
                    continue


class ApiServer:
    """Answers `/v1/chat/completions`, `/v1/responses` and `/v1/models` by a function, in daemon threads, on a port of 127.0.0.1.

    latency: seconds before each answer. port: 0 for a free one. prefix: what the path begins with, before `/v1`. models: what `/v1/models` lists.
    An exception of the function is answered with HTTP 410, kept in `errors`, and raised where the `with` block ends.
    """

    def __init__(
        self,
        answer: Callable[[Request], Reply],
        *,
        latency: float = 0.0,
        port: int = 0,
        prefix: str = "",
        models: tuple[str, ...] = ("scripted",),
    ) -> None:
        self.log: list[Request] = []
        self.counts: Counter[str] = Counter()
        self.errors: list[Exception] = []
        self._answer = answer
        self._latency = latency
        self._base = f"{prefix}/v1"
        self._models = models
        self._lock = threading.Lock()
        self._start(port)

    @property
    def url(self) -> str:
        """The base URL, as `openai:MODEL@URL` takes it."""
        return f"http://127.0.0.1:{self._port}{self._base}"

    @property
    def connections(self) -> int:
        """How many connections clients hold open now."""
        return len(self._http.connections)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The JSON of every request so far, in the order of arrival."""
        return [request.body for request in self.log]

    @property
    def keys(self) -> list[str]:
        """What every request gave as Authorization."""
        return [request.headers.get("authorization", "") for request in self.log]

    @contextmanager
    def down(self) -> Iterator[None]:
        """Gone for the length of the block: no connection is accepted. Afterwards it is back at the same address."""
        self.close()
        try:
            yield
        finally:
            self._start(self._port)

    def close(self) -> None:
        """Stop serving; requests that hang end, and so do connections that are kept alive."""
        self._closing.set()
        self._http.close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is None and self.errors:
            raise self.errors[0]

    def _start(self, port: int) -> None:
        self._closing = threading.Event()
        self._http = _Server(port, self._handler())
        self._port = int(self._http.server_address[1])
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def _answered(self, path: str, headers: Mapping[str, str], content: bytes) -> Reply:
        """The reply to one request, which is noted before."""
        try:
            body = json.loads(content)
        except ValueError:
            return fail(400, "the body is no JSON")
        with self._lock:
            request = Request(len(self.log), path, headers, body, time.monotonic())
            self.log.append(request)
        try:
            reply = self._answer(request)
        except Exception as error:  # noqa: BLE001  # the caller's script; it is raised where the server ends
            self.errors.append(error)
            reply = fail(410, f"the server's script raised {type(error).__name__}: {error}")
        if self._latency:
            self._closing.wait(self._latency)
        with self._lock:
            self.counts[reply.kind] += 1
        if path.endswith("/responses"):
            return _as_response(reply)
        return _with_logprobs(reply, body) if body.get("logprobs") else reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server, closing = self, self._closing
        paths = (f"{self._base}/chat/completions", f"{self._base}/responses")

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def parse_request(self) -> bool:
                """The head, without the parser of mails that is behind `headers`: it takes longer than all the rest."""
                words = str(self.raw_requestline, "latin-1").split()  # type: ignore[attr-defined]
                if len(words) != 3 or not words[2].startswith("HTTP/1."):
                    return super().parse_request()  # which says what is wrong with it
                self.command, self.path, self.request_version = words
                self.fields = dict(_fields(self.rfile))
                self.close_connection = self.fields.get("connection", "").lower() == "close"
                if self.fields.get("expect", "").lower() == "100-continue":
                    self.send_response_only(100)
                    self.end_headers()
                return True

            def do_GET(self) -> None:
                if self.path != f"{server._base}/models":
                    self._send(fail(404, f"no such path: {self.path}"))
                    return
                listed = [
                    {"id": name, "object": "model", "created": 0, "owned_by": "rewardkit"}
                    for name in server._models
                ]
                self._send(Reply({"object": "list", "data": listed}))

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.fields.get("content-length", 0)))
                if self.path not in paths:
                    self._send(fail(404, f"no such path: {self.path}"))
                    return
                reply = server._answered(self.path, self.fields, content)
                if reply.hangs:
                    closing.wait(_LONGEST_WAIT)
                if reply.resets:
                    now = struct.pack("ii", 1, 0)  # linger for no second: what is left is thrown away
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
                    server._http.reset(self.connection)
                if reply.hangs or reply.drops or reply.resets:
                    self.close_connection = True
                    return
                self._send(reply)

            def _send(self, reply: Reply) -> None:
                content = reply.content()
                headers = {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(content)),
                    **reply.headers,
                }
                lines = [f"HTTP/1.1 {reply.status} {self.responses.get(reply.status, ('Unknown',))[0]}"]
                lines += [f"{name}: {value}" for name, value in headers.items()]
                head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
                if reply.cut is not None:
                    content, self.close_connection = content[: reply.cut], True
                try:
                    if reply.seconds:
                        self.wfile.write(head)
                        self._trickle(content, reply.seconds)
                    else:  # in one go: a client that has the head alone waits for the next packet
                        self.wfile.write(head + content)
                except OSError:
                    self.close_connection = True  # the client gave up waiting

            def _trickle(self, content: bytes, seconds: float) -> None:
                size = max(1, -(-len(content) // _PIECES))
                pieces = [content[start : start + size] for start in range(0, len(content), size)]
                for piece in pieces:
                    if closing.wait(seconds / len(pieces)):
                        self.close_connection = True
                        return
                    self.wfile.write(piece)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Handler


def _fields(lines: BufferedIOBase) -> Iterator[tuple[str, str]]:
    """The fields of a request's head, names in lower case, up to the empty line."""
    while line := lines.readline(1 << 16).strip():
        name, _, value = line.decode("latin-1").partition(":")
        yield name.lower(), value.strip()


class ChatServer(ApiServer):
    """A server that a script of the requests' JSON leads."""

    def __init__(self, script: Script, *, latency: float = 0.0) -> None:
        super().__init__(lambda request: script(request.body), latency=latency)


def _as_response(reply: Reply) -> Reply:
    """A chat completion as the responses API says it."""
    if not isinstance(reply.body, dict) or "choices" not in reply.body:
        return reply
    (choice,) = reply.body["choices"]
    text = choice["message"]["content"] or ""
    content: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
    if choice["message"]["refusal"] is not None:
        content = {"type": "refusal", "refusal": choice["message"]["refusal"]}
    message = {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [content],
    }
    usage: dict[str, Any] = {"input_tokens": 5, "output_tokens": 3, "total_tokens": 8}
    usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    why = reasons.get(choice["finish_reason"])
    body = {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "model": reply.body["model"],
        "status": "completed" if choice["finish_reason"] == "stop" else "incomplete",
        "incomplete_details": None if why is None else {"reason": why},
        "output": [message],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }
    return replace(reply, body=body)


def _with_logprobs(reply: Reply, request: Mapping[str, Any]) -> Reply:
    """A chat completion with the log probabilities of its tokens, as many of them as the request asks for."""
    from .chat_logprobs import logprobs_of

    if not isinstance(reply.body, dict) or "choices" not in reply.body:
        return reply
    (choice,) = reply.body["choices"]
    found = logprobs_of(
        choice["message"]["content"] or "", reply.spread, int(request.get("top_logprobs") or 0)
    )
    return replace(reply, body={**reply.body, "choices": [{**choice, "logprobs": {"content": found}}]})
