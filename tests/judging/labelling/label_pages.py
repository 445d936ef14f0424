"""`rewardkit label` in a process of its own, and a small client that behaves like the page in a browser."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RUBRIC = """
task = "Judge the reply to a customer of a web shop."

[[criteria]]
id = "policy"
text = "Says what the policy allows: {policy}"
points = 3
required = true
group = "Content"

[[criteria]]
id = "invents"
text = "Promises what the policy does not allow."
points = -2
group = "Content"

[[criteria]]
id = "tone"
text = "Is friendly without gushing."
choices = ["rude", "fine", "warm"]
group = "Tone"
"""
HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
    "</div></main>{{ 7 * 7 }}{% raw %}{policy} \ud800 \x00 \u202e desrever &lt;b&gt;"
)


def project(folder: Path, completions: int = 6, **columns: str) -> Path:
    """A folder with rubric.toml and answers.jsonl: two completions of each prompt."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rubric.toml").write_text(RUBRIC)
    rows = [
        {
            "id": f"case-{number // 2}",
            "prompt": f"May I return the shoes? ({number // 2})",
            "completion": f"Reply number {number}.",
            "policy": "30 days",
            **columns,
        }
        for number in range(completions)
    ]
    (folder / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@dataclass
class Running:
    """The command while it runs; `said` is what it has printed once it has ended."""

    process: subprocess.Popen[str]
    address: str
    said: str = ""

    @property
    def port(self) -> int:
        return int(re.findall(r":(\d+)/", self.address)[0])

    def end(self) -> int:
        """Ctrl-C; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=30)[0]
        return self.process.returncode


@contextmanager
def labelling(folder: Path, *options: str, before: str = "") -> Iterator[Running]:
    """The command on the project in `folder`, with a shell command run `before` it."""
    words = ["label", "answers.jsonl", "--rubric", "rubric.toml", "--no-open", *options]
    command = [sys.executable, "-m", "rewardkit", *words]
    if before:
        command = ["bash", "-c", f'{before}; exec "$@"', "bash", *command]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        first = process.stdout.readline()  # type: ignore[union-attr]
        yield (running := Running(process, re.findall(r"http://\S+", first)[0], first))
    finally:
        with suppress(ProcessLookupError):
            running.end() if process.poll() is None else None
        if process.poll() is None:
            process.kill()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Client:
    """Keeps cookies and sends what a browser sends; `headers` replaces some of it, None leaves one out."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        method = "GET" if body is None else "POST"
        sent: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()) or None,
        }
        if method == "POST":
            sent |= {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/json"}
        sent |= headers or {}
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(
            method, path, content, {name: value for name, value in sent.items() if value is not None}
        )
        answer = connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return Answer(answer.status, dict(answer.headers.items()), text)

    def label(self, number: int, rater: str, **values: Any) -> Answer:
        """Save a label as the page does."""
        return self.ask(
            f"/item/{number}", {"rater": rater, "verdicts": {}, "preferred": "", "note": "", **values}
        )


def came_in(running: Running, rater: str = "") -> Client:
    """A client that has opened the printed address, and told its name where one is given."""
    client = Client(running.port)
    client.ask("/" + running.address.partition("/?")[2].join(["?", ""]))
    if rater:
        assert client.ask("/rater", {"rater": rater}).status == 200
    return client


def lines_of(file: Path) -> list[dict[str, Any]]:
    """The labels in a file as they are written."""
    return [json.loads(line) for line in file.read_text().splitlines()]
