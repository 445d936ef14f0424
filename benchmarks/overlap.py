"""What `find_overlap` costs and finds, beside a plain set of 13-grams and, where it is installed, MinHash with LSH (datasketch).

    python benchmarks/overlap.py [--train 100000] [--evaluation 10000] [--words 60] [--quick] [--json] [--datasketch PYTHON]

Prompts of words drawn by Zipf's law; 1 % of the evaluation is planted in training in each of three ways: word for word in another form, with 4 % of the
words replaced (those with a Jaccard index of 0.8 or more count), and inside a longer prompt. Each contestant reads the same two files in a process of
its own: CPU seconds with reading, the most memory, what it found of each plant, and how many others it accuses. --datasketch names the Python of an environment
that has the package. The last line with --json is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PLANTS = ("exact", "near", "inside")
CONTESTANTS = ("rewardkit", "set of 13-grams", "datasketch")


def vocabulary(size: int = 30_000) -> list[str]:
    """Words that can be told apart."""
    parts = [
        "ka",
        "lo",
        "mi",
        "nu",
        "re",
        "so",
        "ti",
        "va",
        "xe",
        "zu",
        "bra",
        "cho",
        "dri",
        "fle",
        "gro",
        "pla",
    ]
    return [
        parts[n % 16] + parts[n // 16 % 16] + parts[n // 256 % 16] + parts[n // 4096] for n in range(size)
    ]


def shingles(words: list[str]) -> set[tuple[str, ...]]:
    """Sets of three words."""
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def jaccard(one: list[str], other: list[str]) -> float:
    """Of the sets of shingles."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def write_files(
    folder: Path, train: int, evaluation: int, length: int, seed: int = 0
) -> dict[str, list[str]]:
    """Both files; returns the planted ids by plant."""
    drawn = random.Random(seed)
    words = vocabulary()
    weights = [1 / (rank + 3) for rank in range(len(words))]

    def rows(count: int) -> Iterator[list[str]]:
        for _ in range(count):
            yield drawn.choices(words, weights, k=max(8, int(drawn.gauss(length, length / 4))))

    asked = list(rows(evaluation))
    with (folder / "eval.jsonl").open("w") as handle:
        for number, one in enumerate(asked):
            handle.write(
                json.dumps({"id": f"e{number}", "prompt": " ".join(one), "reference": str(number)}) + "\n"
            )
    each = max(1, evaluation // 100)
    planted: dict[str, list[str]] = {plant: [] for plant in (*PLANTS, "neither")}
    made: dict[int, str] = {}
    places = drawn.sample(range(train), 3 * each)
    for place, number in zip(places, drawn.sample(range(evaluation), 3 * each), strict=True):
        plant, text = PLANTS[len(made) // each], asked[number]
        if plant == "exact":
            made[place] = "  ".join(text).upper() + "!"
        elif plant == "inside":
            made[place] = " ".join([*drawn.choices(words, k=40), *text, *drawn.choices(words, k=40)])
        else:
            changed = [drawn.choice(words) if drawn.random() < 0.04 else word for word in text]
            made[place] = " ".join(changed)
            if changed == text or jaccard(changed, text) < 0.8:
                planted["neither"].append(f"e{number}")
                continue
        planted[plant].append(f"e{number}")
    with (folder / "train.jsonl").open("w") as handle:
        for place, one in enumerate(rows(train)):
            handle.write(json.dumps({"prompt": made.get(place, " ".join(one)), "reference": "x"}) + "\n")
    return planted


def read(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Ids and words, as the floor and the peer read them."""
    with file.open() as handle:
        for number, line in enumerate(handle):
            row = json.loads(line)
            yield row.get("id", str(number)), re.findall(r"\w+", row["prompt"].lower())


def by_rewardkit(folder: Path) -> set[str]:
    """Contaminated rows."""
    from rewardkit.overlap import clean_ids, find_overlap
    from rewardkit.rows import iter_rows
    from rewardkit.samples import read_samples, sample_of

    rows = read_samples(folder / "eval.jsonl")
    found = find_overlap((sample_of(row) for row in iter_rows(folder / "train.jsonl")), rows)
    return {row.id for row in rows} - clean_ids(found)


def by_set(folder: Path) -> set[str]:
    """Rows of which 80 % of the 13-grams, as tuples in one set, stand in training."""
    grams = {
        tuple(words[i : i + 13]) for _, words in read(folder / "train.jsonl") for i in range(len(words) - 12)
    }
    found = set()
    for ident, words in read(folder / "eval.jsonl"):
        ours = [tuple(words[i : i + 13]) in grams for i in range(len(words) - 12)]
        if ours and sum(ours) >= 0.8 * len(ours):
            found.add(ident)
    return found


def by_datasketch(folder: Path) -> set[str]:
    """Rows with an estimated Jaccard index of 0.8 or more, 128 permutations."""
    from datasketch import MinHash, MinHashLSH

    def sketch(words: list[str]) -> Any:
        made = MinHash(num_perm=128)
        made.update_batch([" ".join(one).encode() for one in shingles(words)])
        return made

    index = MinHashLSH(threshold=0.8, num_perm=128)
    sketches = {}
    for ident, words in read(folder / "eval.jsonl"):
        sketches[ident] = sketch(words)
        index.insert(ident, sketches[ident])
    found: set[str] = set()
    for _, words in read(folder / "train.jsonl"):
        ours = sketch(words)
        found |= {ident for ident in index.query(ours) if sketches[ident].jaccard(ours) >= 0.8}
    return found


METHODS: dict[str, Callable[[Path], set[str]]] = dict(
    zip(CONTESTANTS, (by_rewardkit, by_set, by_datasketch), strict=True)
)


def run_one(name: str, folder: Path) -> None:
    """Measure one contestant in this process and print what it found."""
    found = METHODS[name](folder)
    used = resource.getrusage(resource.RUSAGE_SELF)
    mb = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)
    print(json.dumps({"cpu_s": used.ru_utime + used.ru_stime, "mb": mb, "found": sorted(found)}))


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Every contestant's figures."""
    planted = write_files(folder, options.train, options.evaluation, options.words)
    everything = {ident for ids in planted.values() for ident in ids}
    figures: dict[str, Any] = {"rows": [options.train, options.evaluation], "words": options.words}
    pythons = {"datasketch": options.datasketch} if options.datasketch else {}
    for name in CONTESTANTS:
        if name == "datasketch" and not options.datasketch:
            continue
        began = time.monotonic()
        command = [pythons.get(name, sys.executable), __file__, "--one", name, "--folder", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        result = json.loads(done.stdout)
        found = set(result["found"])
        figures[name] = {
            "cpu_s": round(result["cpu_s"], 1),
            "wall_s": round(time.monotonic() - began, 1),
            "mb": round(result["mb"]),
            "found": {
                plant: f"{len(found & set(ids))} of {len(ids)}"
                for plant, ids in planted.items()
                if plant in PLANTS
            },
            "accused": len(found - everything),
        }
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=int, default=100_000, help="training rows")
    parser.add_argument("--evaluation", type=int, default=10_000, help="evaluation rows")
    parser.add_argument("--words", type=int, default=60, help="of a prompt, on average")
    parser.add_argument("--quick", action="store_true", help="2,000 rows against 500")
    parser.add_argument("--datasketch", help="the Python of an environment with datasketch")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--one", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run_one(options.one, options.folder)
        return
    if options.quick:
        options.train, options.evaluation = 2_000, 500
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options, Path(folder))
    for name in CONTESTANTS:
        if name in figures:
            one = figures[name]
            print(
                f"{name:16}{one['cpu_s']:8.1f} CPU s{one['mb']:8} MB  accused {one['accused']}  found {one['found']}"
            )
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
