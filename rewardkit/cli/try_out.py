"""`rewardkit try`: base and trained answers to one prompt side by side, with scores and reasons."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ConfigError, RewardkitError
from .common import Json, err, out, print_json
from .export import RunToml
from .scoring import RunsDir, run_named

if TYPE_CHECKING:
    from rewardkit.trainer.finished import Trained
    from rewardkit.trainer.trying import Bench, Scored, Tried

    from ..evaluating.models import Sampling
    from ..runs import Result


def try_out(
    run: Annotated[str, typer.Argument(help="A finished training: runs/NAME, or NAME.", show_default=False)],
    prompt: Annotated[
        str | None,
        typer.Option(
            "--prompt", "-p", help="Answer this and stop. Default: ask for prompts.", show_default=False
        ),
    ] = None,
    sample: Annotated[
        str | None,
        typer.Option(
            "--sample",
            metavar="ID",
            help="Answer this held-out or training sample of the run: its reference and columns go to the graders.",
            show_default=False,
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            help="The reference of the prompt, as text: short for --column reference=TEXT.",
            show_default=False,
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="NAME=VALUE",
            help="A column that a grader asks for; NAME:=JSON for what is no text, as in rows:=[[1]]. Give it again for more.",
            show_default=False,
        ),
    ] = None,
    greedy: Annotated[
        bool,
        typer.Option("--greedy", help="The likeliest answer; so it is unless --temperature or --n is given."),
    ] = False,
    temperature: Annotated[
        float | None,
        typer.Option(
            help="Of sampling. Default with --n: that of the run's evaluations.", show_default=False
        ),
    ] = None,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="Answers of each model.")] = 1,
    max_tokens: Annotated[
        int | None,
        typer.Option(min=1, help="Longest answer. Default: as in the run's evaluations.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of sampled answers. Default: that of the run.", show_default=False)
    ] = None,
    config: RunToml = None,
    runs_dir: RunsDir = Path("runs"),
    as_json: Json = False,
) -> None:
    """Let the base model and the trained one answer the same prompt, side by side, each answer with its scores and reasons.

    Without --prompt and --sample it asks for prompts until Ctrl-D; a line of standard input is a prompt where that is no terminal. In the
    loop, `/sample ID` takes a sample of the run and `/column NAME=VALUE` sets a column for the prompts that follow.

    A grader that asks for a column which the prompt lacks, such as a reference, is named and not run.

    Examples:

      rewardkit try runs/demo

      rewardkit try runs/demo --sample h10

      rewardkit try runs/claims --prompt "My parcel is wet." --reference damage --n 4
    """
    from rewardkit.trainer.finished import open_trained
    from rewardkit.trainer.trying import opened_bench

    if prompt is not None and sample is not None:
        raise ConfigError("--prompt and --sample: one prompt at a time; leave one of them out")
    if as_json and prompt is None and sample is None:
        raise ConfigError("--json answers one prompt: give --prompt TEXT or --sample ID")
    if greedy and temperature:
        raise ConfigError(f"--greedy and --temperature {temperature:g}: leave one of them out")
    if n > 1 and (greedy or temperature == 0):
        raise ConfigError(f"--n {n}: greedy answers are all the same; give a --temperature above 0")
    columns = dict(column_given(text) for text in column or ())
    if reference is not None:
        columns["reference"] = reference
    trained = open_trained(run_named(run, runs_dir), config)
    with opened_bench(trained) as bench:
        for line in bench.told:
            err().print(line, markup=False, soft_wrap=True)
        sampling = _sampling(trained, bench, temperature=0.0 if greedy else temperature, n=n, most=max_tokens)
        session = _Session(bench, sampling, n, seed, columns)
        if prompt is None and sample is None:
            session.loop()
            return
        tried = session.answer_to(prompt) if prompt is not None else session.answer_to_sample(str(sample))
    if as_json:
        print_json(_as_json(trained, tried))
    else:
        _print(tried)


def column_given(text: str) -> tuple[str, Any]:
    """The name and the value of a --column; ConfigError for what is none."""
    name, equals, value = text.partition("=")
    if not equals or not name.rstrip(":"):
        raise ConfigError(f"--column {text}: write NAME=VALUE, or NAME:=JSON for what is no text")
    if not name.endswith(":"):
        return name, value
    try:
        return name[:-1], json.loads(value)
    except ValueError as error:
        raise ConfigError(f"--column {text}: not valid JSON ({error}); NAME=VALUE takes a text") from None


def _sampling(
    trained: Trained, bench: Bench, *, temperature: float | None, n: int, most: int | None
) -> Sampling:
    from ..evaluating.models import Sampling

    if temperature is None:
        temperature = trained.file.config.eval.temperature if n > 1 else 0.0
    return Sampling(max_tokens=most or bench.most_tokens, temperature=temperature)


@dataclass(slots=True)
class _Session:
    """Prompts one after the other, with the columns that hold for them."""

    bench: Bench
    sampling: Sampling
    n: int
    seed: int | None
    columns: dict[str, Any] = field(default_factory=dict)

    def loop(self) -> None:
        """Answer until there is no further line; what is wrong with one is said, and the next one comes."""
        for line in _lines():
            word, _, rest = line.partition(" ")
            try:
                if word == "/column":
                    name, value = column_given(rest.strip())
                    self.columns[name] = value
                else:
                    _print(self.answer_to_sample(rest.strip()) if word == "/sample" else self.answer_to(line))
            except RewardkitError as error:
                err().print(f"error: {error}", markup=False, soft_wrap=True)

    def answer_to(self, prompt: str) -> Tried:
        """Both models' answers to a typed prompt."""
        return self._answered(self.bench.typed(prompt, self.columns))

    def answer_to_sample(self, ident: str) -> Tried:
        """Both models' answers to a sample of the run."""
        return self._answered(self.bench.sample(ident, self.columns))

    def _answered(self, sample: Any) -> Tried:
        console = err()
        if not console.is_terminal:
            return self.bench.answer(sample, self.sampling, n=self.n, seed=self.seed)
        with console.status("answering"):
            return self.bench.answer(sample, self.sampling, n=self.n, seed=self.seed)


def _lines() -> Iterator[str]:
    """Lines that are not empty, asked for on a terminal; until Ctrl-D, Ctrl-C or the end of the file."""
    if not sys.stdin.isatty():
        yield from (line.rstrip("\n") for line in sys.stdin if line.strip())
        return
    import readline  # noqa: F401  # arrow keys and a history

    err().print("[dim]a prompt, /sample ID or /column NAME=VALUE; Ctrl-D ends[/]")
    while True:
        try:
            line = input("prompt> ")
        except (EOFError, KeyboardInterrupt):
            err().print()
            return
        if line.strip():
            yield line


def _print(tried: Tried) -> None:
    """The prompt, then a table with a column for each model."""
    from rich.table import Table
    from rich.text import Text

    from ..runs.wording import as_text, stage_label, visible

    out().print(f"prompt     {visible(tried.sample.prompt)}", markup=False, soft_wrap=True)
    if tried.sample.reference is not None:
        shown = visible(as_text(tried.sample.reference))
        out().print(f"reference  {shown}", markup=False, soft_wrap=True)
    table = Table(expand=True, show_lines=True)
    for side in tried.sides:
        table.add_column(Text(stage_label(side.stage)), ratio=1, overflow="fold")
    for answers in zip(*(side.answers for side in tried.sides), strict=True):
        table.add_row(*(Text(_cell(answer)) for answer in answers))
    out().print(table)
    for grader, columns in tried.not_run.items():
        asked = ", ".join(f"'{name}'" for name in columns)
        out().print(
            f"not run: {grader}, which asks for {asked}; {' '.join(f'--column {name}=VALUE' for name in columns)} gives what it lacks",
            markup=False,
            soft_wrap=True,
        )


def _cell(answer: Scored) -> str:
    from ..runs.wording import visible

    cut = " [cut off]" if answer.generation.finish == "length" else ""
    lines = [visible(answer.text) + cut or "(nothing)", ""]
    return "\n".join([*lines, *(_score_line(result) for result in answer.results)]).rstrip()


def _score_line(result: Result) -> str:
    from ..runs.wording import visible

    value = f"unscored ({result.cause})" if result.value is None else f"{result.value:.2f}"
    reason = visible(" ".join(result.reason.split()))
    return f"{result.grader} {value}" + (f": {reason}" if reason else "")


def _as_json(trained: Trained, tried: Tried) -> dict[str, Any]:
    return {
        "run": str(trained.path),
        "sample": tried.sample.id,
        "prompt": tried.sample.prompt,
        "temperature": tried.sampling.temperature,
        "sides": [
            {
                "stage": side.stage,
                "answers": [
                    {
                        "text": answer.text,
                        "tokens": answer.generation.tokens,
                        "finish": answer.generation.finish,
                        "scores": [
                            {key: row[key] for key in ("grader", "value", "cause", "components", "reason")}
                            for row in (result.as_row() for result in answer.results)
                        ],
                    }
                    for answer in side.answers
                ],
            }
            for side in tried.sides
        ],
        "not_run": {grader: list(columns) for grader, columns in tried.not_run.items()},
    }
