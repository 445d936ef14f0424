"""The model card, README.md of a trained model: what it was made of, what was measured, and what was not.

Everything in it is read from the run folder (run.json, summary.json) and graders.lock. What rewardkit cannot know is said to be unknown.
The front matter is what the Hugging Face hub reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rewardkit.checking.lock import LOCK, read_lock
from rewardkit.runs import StageRow
from rewardkit.runs.files import replace_file
from rewardkit.runs.wording import bounds, figure, stage_label, versus

from .finished import Trained
from .serving import how_to_use

_ROLES = {
    "train": "training: prompts and references",
    "heldout": "the figures above; never trained on",
    "unlabelled": "prompts without references",
    "expert": "answers to imitate",
    "validation": "choosing settings",
}


def write_card(trained: Trained) -> None:
    """Write checkpoints/final/README.md, in place of the empty one that peft leaves."""
    text = card_text(trained, adapter=trained.is_adapter, place=trained.model)
    replace_file((trained.model / "README.md").resolve(), text.encode())


def card_text(trained: Trained, *, adapter: bool, place: Path) -> str:
    """The card of the model, or adapter, that lies at `place`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("rewardkit.trainer", "."),
        autoescape=False,  # Markdown; every foreign text passes `cell` or stands in a fenced block
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters.update(cell=_cell, json=lambda value: json.dumps(value, ensure_ascii=False))
    info, summary, config = trained.info, trained.summary, trained.file.config
    return templates.get_template("card.md.j2").render(
        front=_front(trained, adapter),
        name=_cell(info.name),
        base=_base(trained),
        method=_method(trained),
        reward=next(iter(info.fingerprints), ""),
        adapter=adapter,
        rows=list(_rows(trained)),
        changes=[
            f"{_cell(row.grader)}, {row.decoding}: {versus(row)}"
            for row in summary.comparisons
            if row.metric == "solved" and row.b == trained.stage
        ],
        notes=[_cell(note) for note in summary.notes],
        files=list(_files(info.samples)),
        graders=list(_graders(trained)),
        judge=config.judge.model,
        seed=info.seed,
        processes=info.config.get("processes", 1),
        settings="\n".join(_settings(info.config)).strip(),
        versions=info.versions,
        limits=list(_limits(trained)),
        use=how_to_use(trained, adapter=adapter, place=place),
    )


def _front(trained: Trained, adapter: bool) -> dict[str, Any]:
    """What the hub reads. A base model that is a folder of this machine has no name there."""
    base = trained.file.config.model
    tags = ["rewardkit", "reinforcement-fine-tuning", "trl", trained.file.config.method]
    return {
        **({} if Path(base).is_dir() else {"base_model": base}),
        "library_name": "peft" if adapter else "transformers",
        "pipeline_tag": "text-generation",
        "tags": [*tags, *(["lora"] if trained.file.config.lora is not None else [])],
    }


def _base(trained: Trained) -> str:
    base = trained.file.config.model
    if Path(base).is_dir():
        return f"The model in a local folder, `{Path(base).name}` (hash {trained.info.config.get('model_hash')}),"
    return f"[{base}](https://huggingface.co/{base})"


def _method(trained: Trained) -> str:
    config = trained.file.config
    warm = "an SFT warm start and " if config.sft is not None else ""
    raft = config.method == "raft"
    return f"{warm}{'rejection-sampled fine-tuning (RAFT)' if raft else 'reinforcement fine-tuning (GRPO)'}"


def _rows(trained: Trained) -> Iterator[tuple[str, ...]]:
    """A line for each stage, grader and decoding, over all prompts."""
    whole = [row for row in trained.summary.stages if row.slice is None]
    scores = {(row.name, row.grader, row.decoding): row for row in whole if row.metric == "score"}
    for row in whole:
        if row.metric == "solved":
            score = scores.get((row.name, row.grader, row.decoding))
            prompts = f"{row.prompts:,}" + (f" x {row.k}" if row.k > 1 else "")
            shown = (_with_bounds(row), "" if score is None else _with_bounds(score))
            yield (stage_label(row.name), row.grader, row.decoding, *shown, prompts, f"{row.unscored:,}")


def _with_bounds(row: StageRow) -> str:
    return f"{figure(row)} ({bounds(row)})"


def _files(samples: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, role in _ROLES.items():
        if isinstance(file := samples.get(key), Mapping):
            yield role, str(file.get("file", "")), f"{file.get('count', '')}", str(file.get("hash", ""))
    if "folds" in samples:
        yield f"the figures above: the rows of training, held out in {samples['folds']} folds", "", "", ""


def _graders(trained: Trained) -> Iterator[tuple[str, ...]]:
    """Each grader with what it was for and whether it had passed its tests in that version."""
    locks = [path for path in (LOCK, trained.file.folder / LOCK) if path.is_file()]
    passed = {
        (entry.name, entry.fingerprint): f"passed on {entry.passed} in this version"
        for path in locks
        for entry in read_lock(path)
    }
    names = list(trained.info.fingerprints)
    for name, fingerprint in trained.info.fingerprints.items():
        held = trained.file.config.guard.holdout is not None and name == names[-1]
        role = "the reward" if name == names[0] else "looked on, never a reward" if held else "measured"
        known = passed.get((name, fingerprint), "not passed in this version")
        yield name, role, fingerprint, known


def _settings(config: Mapping[str, Any]) -> Iterator[str]:
    """The run's own tables as TOML; files and what identifies them stand elsewhere in the card."""
    for table, keys in config.items():
        if isinstance(keys, Mapping) and table != "data":
            yield from (f"[{table}]", *(f"{key} = {_toml(value)}" for key, value in keys.items()), "")


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_toml(item)}' for key, item in value.items())} }}"
    return json.dumps(value, ensure_ascii=False, default=str)


def _limits(trained: Trained) -> Iterator[str]:
    config, summary = trained.file.config, trained.summary
    if config.control is not None:
        yield f"**A control experiment ({config.control})**: its reward was wrong on purpose, to show what the true one is worth. Not a model to use."
    yield (
        "Nothing was measured but what the graders above score, on prompts like those of the files above: no safety, no bias, no general ability. "
        "What the base model could do elsewhere may have been lost."
    )
    yield (
        "One training, with one seed. The intervals are over prompts and say nothing about the luck of a training (`rewardkit train --seeds 0-2` "
        "trains it with several)."
    )
    if config.sft_alone is None:
        yield (
            "Not compared with supervised fine-tuning on labels of the same prompts ([sft_alone]), which may do as well."
        )
    if config.guard.holdout is None:
        yield "No grader was held out from the training, so gaming of the reward would show only in the completions themselves."
    if any(row.unscored for row in summary.stages):
        yield "Some completions could not be scored; they are in no mean, and counted above."
    if config.load.get("quantization"):
        yield "Trained on a quantised base model; the figures are those of the adapter on that base."
    yield "Where the training data come from and under which licence they stand: unknown to rewardkit. The licence of the base model applies too."


def _cell(value: object) -> str:
    """A text that cannot break a line or a table of Markdown."""
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")
