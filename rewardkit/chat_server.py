"""A real HTTP server on the loopback that speaks the OpenAI API (chat completions and responses), for tests and stand-in judges.

    with ChatServer(lambda request: say("42")) as server:
        client = OpenAI(base_url=server.url, api_key="none")

The script gets each request's JSON and says what to answer; `server.requests` keeps them in the order of arrival.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer. `hangs` never answers (until the server closes); `drops` closes the connection without a word."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Script: TypeAlias = Callable[[dict[str, Any]], Reply]

HANG = Reply(b"", hangs=True)


def say(text: str | None, *, finish: str = "stop", tokens: int = 3, refusal: str | None = None) -> Reply:
    """A normal chat completion."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return Reply(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": "scripted",
            "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
            "usage": {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": 5 + tokens},
        }
    )


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
    body = {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "model": reply.body["model"],
        "status": "completed" if choice["finish_reason"] == "stop" else "incomplete",
        "output": [message],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }
    return replace(reply, body=body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512  # connections that wait to be accepted: five of them are few for clients that start at the same time


class ChatServer:
    """Serves `/v1/chat/completions` and `/v1/responses` from a script, in daemon threads, on a free port of 127.0.0.1."""

    def __init__(self, script: Script) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self._script = script
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        """The base URL, as `openai:MODEL@URL` takes it."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def close(self) -> None:
        """Stop serving; requests that hang end."""
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> ChatServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else the body waits until the head's receipt is confirmed

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path not in ("/v1/chat/completions", "/v1/responses"):
                    self._send(fail(404, f"no such path: {self.path}"))
                    return
                request = json.loads(body)
                with server._lock:
                    server.requests.append(request)
                    server.keys.append(self.headers.get("Authorization", ""))
                reply = server._script(request)
                if reply.hangs:
                    server._closing.wait(60)
                    self.close_connection = True
                    return
                if reply.drops:
                    self.close_connection = True
                    return
                self._send(_as_response(reply) if self.path == "/v1/responses" else reply)

            def _send(self, reply: Reply) -> None:
                content = reply.content()
                self.send_response(reply.status)
                headers = {"Content-Type": "application/json", **reply.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                try:
                    self.wfile.write(content)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client gave up waiting

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Handler
