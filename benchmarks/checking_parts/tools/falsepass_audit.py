"""falsepass on one grader: `falsepass init FILE --dataset FILE --func NAME`, then what `falsepass audit` starts.

A TRL reward function is given as it stands in the author's file, any other grader as a generated TRL function. What `falsepass audit` adds,
a virtual environment made anew for each audit, is left out: this process is in one.

`auto` is what it does by itself: it works out how an answer is written, from the column that the grader compares with; where there is none
it runs what needs none. Where it stops or calls its own result inconclusive, it could not run.

For the others it then gets what it asks for there, an adapter: the rows' accepted completions and how they are written, and their wrong
ones (`falsepass_adapter`).

falsepass fails nothing by default. What counts is a gate (`--fail-on`). `auto` and `ci`: the one that its README gives for CI, a known-bad
completion is paid more than 0.1, or scoring raises. `full`: the same where a known-bad completion is paid what a right one is, for graders
that give partial credit by design. `gates`: all four that it has, at the limits in its own examples. Nothing but calls that raise, by a
grader whose judge is not there, is no find: it could not run.
"""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from falsepass import cli, report, runner

from checking_parts.corpus import Specimen
from checking_parts.exposed import Exposed, exposed, messages_of
from checking_parts.tools.telling import Reading, tell
from rewardkit.scoring.stand_in_judge import asks_a_judge

CI = ["ceiling>0.1", "errors>0"]
GATES = [*CI, "lazy>0.05", "false_fail>0.2"]
READINGS = ("ci", "full", "gates")

_MODULE = """from checking_parts.corpus import specimen
from checking_parts.exposed import exposed

GRADER = exposed(specimen({set!r}, {id!r}))


def {name}(completions, prompts, **columns):
    {source!r}
    columns = {{name: values for name, values in columns.items() if isinstance(values, list)}} | {{"prompt": prompts}}
    rows = [dict(zip(columns, values)) for values in zip(*columns.values())]
    return [GRADER.reward(completion, row) for completion, row in zip(completions, rows, strict=True)]
"""
_ADAPTER = """from checking_parts.tools.falsepass_adapter import Golds

ADAPTER = Golds({!r}, {!r}, {!r}, {!r})
"""


def audit(specimen: Specimen, folder: Path, search: str = "0") -> dict[str, Reading]:
    """The four readings; `search` is the number of calls for its mutation search, 0 for none."""
    grader = exposed(specimen)
    file, data = _written(specimen, grader, folder)
    command = ["init", str(file), "--framework", "reward", "--dataset", str(data)]
    command += ["--func", specimen.truth["grader"]]
    by_itself = [*command, "--answer-column", grader.compared] if grader.compared else command
    judge = asks_a_judge(grader.grader)
    auto = _apart(by_itself, folder / "auto", int(search), judge)
    if grader.compared and auto["ci"][0] is not None:
        return {"auto": auto["ci"], **auto}
    adapter = _ADAPTER.format(specimen.set, specimen.id, str(file), str(data))
    return {"auto": auto["ci"], **_apart(command, folder / "helped", int(search), judge, adapter)}


def _apart(*arguments: Any) -> dict[str, Reading]:
    """An audit in a process of its own: a grader may remember what it has graded."""
    with ProcessPoolExecutor(1) as process:
        return process.submit(_audited, *arguments).result()


def _audited(
    command: list[str], folder: Path, search: int, judge: bool, adapter: str = ""
) -> dict[str, Reading]:
    """`falsepass init`, and the audit."""
    if cli.main([*command, "--dir", str(folder), "--name", "audit"]):
        raise RuntimeError("falsepass init failed")
    if adapter:
        (folder / "audit" / "adapter.py").write_text(adapter, "utf-8")
    try:
        payload = runner.run(folder / "audit", search_calls=search)
    except RuntimeError as stopped:
        return dict.fromkeys(READINGS, (None, [f"stopped: {stopped}"]))
    told = report.digest(payload)
    if told.get("status") == "inconclusive":
        return dict.fromkeys(READINGS, (None, [f"inconclusive: {told['reason']}"]))
    full = [f"ceiling>{0.99 * payload['meta']['max_reward']:g}", "errors>0"]
    gates = zip(READINGS, (CI, full, GATES), strict=True)
    return {reading: _read(payload, told, limits, judge) for reading, limits in gates}


def _read(payload: dict[str, Any], told: dict[str, Any], gates: list[str], judge: bool) -> Reading:
    met = report.gate(payload["results"], gates)
    if judge and met and all(condition.startswith("errors") for condition in met):
        return None, ["the judge that the grader asks is not there"]
    probes = [f"{row['probe']} {row['variant']} {row['failed']}/{row['runs']}" for row in told["failing"]]
    return bool(met), [*met, *(probes if met else [])]


def _written(specimen: Specimen, grader: Exposed, folder: Path) -> tuple[Path, Path]:
    """The file of the reward function and the data file. A made function's docstring is the grader's code: falsepass takes hints of the
    format from a function's texts.
    """
    source = specimen.file.read_text("utf-8")
    as_it_stands = specimen.truth["shape"] == "trl"
    file = specimen.file if as_it_stands else folder / "rewards.py"
    if not as_it_stands:
        made = _MODULE.format(set=specimen.set, id=specimen.id, name=specimen.truth["grader"], source=source)
        file.write_text(made, "utf-8")
    chat = as_it_stands and "content" in source  # TRL gives messages where the prompts are messages
    data = folder / "rows.jsonl"
    data.write_text("".join(json.dumps(_row(row, chat)) + "\n" for row in grader.rows), "utf-8")
    return file, data


def _row(row: dict[str, Any], chat: bool) -> dict[str, Any]:
    """A row of the data set, without the right and wrong answers, which no trainer has."""
    kept = {name: value for name, value in row.items() if name not in ("gold", "wrong")}
    return {**kept, "prompt": messages_of(row["prompt"])} if chat else kept


if __name__ == "__main__":
    tell(audit)
