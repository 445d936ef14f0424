"""`rewardkit view` in a process of its own, a reader of its pages, and a training that another process writes step by step."""

from __future__ import annotations

import html
import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from rewardkit.runs import Result, RunFolder

HOSTILE = (
    "</script></pre><script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
    "{{ 7 * 7 }} \ud800 \x00 \u202e desrever \u200b &lt;b&gt;"
)

_TRAINING = """
import json, sys
from pathlib import Path
from rewardkit.runs import Notable, RunFolder
with RunFolder.open(Path(sys.argv[1]), "going", "train", {}, versions={}, fingerprints={"exact": "f0"}, seed=0) as run:
    print("open", flush=True)
    for line in sys.stdin:
        what, rows = json.loads(line)
        write = {"metrics": run.append_metrics, "results": run.append_results}
        write.get(what, lambda rows: run.append_notable(map(Notable.model_validate, rows)))(rows)
        print("done", flush=True)
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def plain(self) -> str:
        """What a reader sees: without tags."""
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.text)))

    @property
    def alarm(self) -> str:
        """What the page says is wrong."""
        return html.unescape(" ".join(re.findall(r'class="alarm" role="alert">(.*?)</p>', self.text, re.S)))


@dataclass
class Viewing:
    """The command while it runs."""

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def key(self) -> str:
        return urlsplit(self.address).path.split("/")[1]

    def get(self, *path: str, **query: object) -> Answer:
        """A page by the parts of its path."""
        told = urlencode({name.rstrip("_"): value for name, value in query.items()})
        return self.ask(f"/{self.key}/{'/'.join(path)}{'?' if told else ''}{told}")

    def ask(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, text)

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C, or another signal; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        self.process.communicate(timeout=30)
        return self.process.returncode


@contextmanager
def viewing(runs: Path) -> Iterator[Viewing]:
    """The command on a folder of runs."""
    command = [sys.executable, "-m", "rewardkit", "view", str(runs), "--no-browser", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        said = ""
        while "}" not in said:
            said += process.stdout.readline() or "}"  # type: ignore[union-attr]
        yield Viewing(process, json.loads(said)["address"])
    finally:
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            Viewing(process, "").end()
        if process.poll() is None:
            process.kill()


@dataclass
class Training:
    """A run that another process holds open."""

    process: subprocess.Popen[str]

    def append(self, what: str, rows: list[dict[str, object]]) -> None:
        """Append rows; they are on the disk when it returns."""
        self.process.stdin.write(json.dumps([what, rows]) + "\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        assert self.process.stdout.readline() == "done\n"  # type: ignore[union-attr]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.communicate(timeout=30)


@contextmanager
def training(root: Path) -> Iterator[Training]:
    """A training named `going` that is being written until the end of the block, or `end`."""
    process = subprocess.Popen(
        [sys.executable, "-c", _TRAINING, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "open\n"  # type: ignore[union-attr]
        yield (started := Training(process))
        started.end()
    finally:
        process.kill()


def step(number: int, reward: float, **more: object) -> dict[str, object]:
    """A step of RFT."""
    return {"phase": "rft", "step": number, "reward": reward, **more}


def row(sample: str, value: float | None = 1.0, **changes: object) -> dict[str, object]:
    """A line of results.jsonl."""
    fields: dict[str, object] = {
        "stage": "base",
        "decoding": "greedy",
        "sample": sample,
        "repeat": 0,
        "grader": "exact",
        "fingerprint": "f0",
        "completion": f"answer to {sample}",
        "value": value,
        "cause": "timeout" if value is None else None,
    }
    return {**fields, **changes}


def a_run(
    root: Path,
    name: str,
    rows: list[dict[str, object]],
    *,
    samples: Mapping[str, tuple[str, object]] | None = None,
    fingerprint: str = "f0",
) -> Path:
    """A run of such lines; `samples` are (prompt, reference) by id."""
    from rewardkit.runs import SampleRecord

    with RunFolder.open(
        root, name, "eval", {}, versions={}, fingerprints={"exact": fingerprint}, seed=0, primary="exact"
    ) as folder:
        folder.append_samples(
            SampleRecord(sample=sample, prompt=prompt, columns={"reference": reference})
            for sample, (prompt, reference) in (samples or {}).items()
        )
        folder.append_results([Result(**{**each, "fingerprint": fingerprint}) for each in rows])  # type: ignore[arg-type]
        return folder.path
