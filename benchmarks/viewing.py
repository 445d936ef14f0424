"""How long the pages of `rewardkit view` take over a run of 100,000 results (50,000 prompts, two stages, 600 characters each).

    python benchmarks/viewing.py

Prints the time of each page at its first and its second request, and the memory of the server. Figures are in LOG.md.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from rewardkit.runs import Result, RunFolder, SampleRecord
from rewardkit.scores import Component

PAGES = (
    "",
    "run/large",
    "run/large/samples",
    "run/large/samples?outcome=partial&low=0.2&high=0.4&order=low",
    "run/large/samples?q=tariff+harbour&page=3",
    "run/large/samples?page=900&order=high",
    "run/large/prompt?sample=q777&stage=rft",
    "run/large/text?what=prompt&sample=q777",
    "diff?a=large:base&b=large:rft",
    "diff?a=large:base&b=large:rft&show=all&page=200",
)


def make(root: Path, results: int) -> Path:
    """A run of so many results."""
    rng = random.Random(0)
    words = ["tariff", "harbour", *(f"word{number}" for number in range(3000))]
    with RunFolder.open(root, "large", "eval", {}, versions={}, fingerprints={"query": "f0"}, seed=0) as run:
        prompts = range(results // 2)
        run.append_samples(
            SampleRecord(
                sample=f"q{i}", prompt=" ".join(rng.choices(words, k=80)), columns={"reference": str(i)}
            )
            for i in prompts
        )
        for stage in ("base", "rft"):
            run.append_results(_result(i, stage, words, rng) for i in prompts)
        return run.path


def _result(number: int, stage: str, words: list[str], rng: random.Random) -> Result:
    value = round(rng.betavariate(4, 3), 3)
    text = " ".join(rng.choices(words, k=80))
    parts = tuple(Component(name, value, level=level) for name, level in (("parses", 0.1), ("exact", 1.0)))
    return Result(stage, "greedy", f"q{number}", 0, "query", "f0", text, value, None, parts, "as it is")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=int, default=100_000, help="how many results the run has")
    parser.add_argument("--quick", action="store_true", help="2,000 results: whether it works")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    results = 2_000 if options.quick else options.results
    with tempfile.TemporaryDirectory() as folder:
        size = (make(Path(folder), results) / "results.jsonl").stat().st_size / 1e6
        seconds, memory = measure(folder)
    if options.json:
        print(json.dumps({"results": results, "seconds": seconds, "memory_mb": memory}))
        return
    print(f"{results:,} results, results.jsonl {size:.0f} MB, most memory of the server {memory:.0f} MB")
    for page, (first, second) in seconds.items():
        print(f"{first:7.3f} s {second:7.3f} s   /{page}")


def measure(folder: str) -> tuple[dict[str, tuple[float, float]], float]:
    """The seconds of each page when it is asked for first and again, and the most memory that the server had, in MB."""
    command = [sys.executable, "-m", "rewardkit", "view", folder, "--no-browser", "--json"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        said = ""
        while "}" not in said:
            said += server.stdout.readline()
        address = urlsplit(json.loads(said)["address"])
        asked = {page: (_seconds(address, page), _seconds(address, page)) for page in PAGES}
        return asked, _memory(server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def _seconds(address: SplitResult, page: str) -> float:
    connection = http.client.HTTPConnection(address.netloc, timeout=600)
    began = time.perf_counter()
    connection.request("GET", address.path + page)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, page
    return time.perf_counter() - began


def _memory(process: int) -> float:
    status = Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    main()
