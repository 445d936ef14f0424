"""One pass over the rows of a file, which goes on after a row that cannot be read."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from ..columns import parts_of
from ..data_folders import is_data_folder
from ..errors import DataError, did_you_mean
from ..evaluating.answer_files import completion_text
from ..grader import BUILT_IN, Grader
from ..paths import display_path
from ..row_shapes import Recognised, undecided, unwrapped
from ..rows import Row, ending_of, iter_rows
from ..samples import Sample, rename, sample_of, shape_of
from .problems import Problems
from .repeats import Commonest, Places, conflicts, quantiles, repeats
from .result import DataReport
from .seen_columns import SeenColumns, excerpt
from .writing import Writer, writing

_NAN = frozenset({"nan", "none", "null", "<na>", "#n/a"})
_SAID_EVERY = 1000  # rows between two reports of progress
_TOP_ANSWERS = 3
_LONGEST = 2**32 - 1


def check_data(
    path: str | Path,
    graders: Sequence[Grader] = (),
    *,
    columns: Mapping[str, str] | None = None,
    most: int = 10,
    out: Path | None = None,
    on_progress: Callable[[int], None] = lambda rows: None,
) -> DataReport:
    """Look at every row of a file; of each kind of problem the first `most` places are named.

    `columns` renames (ours -> theirs); `graders` are asked which columns they need; with `out` the rows that can be used are written there
    in our shape. `on_progress` is told how many rows were seen. Raises DataError only for a file that is not there or of an unknown kind.
    """
    look = _Look(graders, columns or {}, most)
    rows = iter_rows(path, on_error=look.unreadable)
    with writing(out) if out is not None else nullcontext() as writer:
        for row in rows:
            look.at(row, writer)
            if look.rows % _SAID_EVERY == 0:
                on_progress(look.rows)
        on_progress(look.rows)
    return look.report(display_path(path), _encoding(path, look.problems), out)


class _Look:
    """What is kept of the rows seen so far."""

    def __init__(self, graders: Sequence[Grader], columns: Mapping[str, str], most: int) -> None:
        self.rows = 0
        self.problems = Problems(most)
        self._graders = graders
        self._columns = columns
        self._most = most
        self._shape: Recognised | None = None
        self._has_completions = False
        self._ours = {"id", "prompt", "messages", "reference"}  # and what stands for them
        self._seen = SeenColumns()
        self._lacking: dict[tuple[str, ...], list[tuple[Grader, str]]] = {}
        self._places = Places()
        self._keys = {name: array("q") for name in ("id", "row", "prompt", "reference", "asked", "content")}
        self._lengths = {name: array("I") for name in ("prompt", "reference", "completion")}
        self._prompts = array("q")
        self._answers = Commonest()

    def unreadable(self, error: DataError) -> None:
        """A row that could not be read."""
        if error.message != "the file has no rows" or not self.problems.has("unreadable"):
            self.problems.add_error(error)

    def at(self, row: Row, writer: Writer | None) -> None:
        """Look at one row."""
        self.rows += 1
        self._seen.see(unwrapped(row.values))
        try:
            values = rename(row, self._columns)
            if self._shape is None:
                self._begin(row, values)
            has_completion = "completion" in values
            completion = self._completion(values, row.where)
            sample = (  # with the id that grade, or eval, gives it
                sample_of(Row(values, row.where), shape=self._shape)
                if has_completion
                else sample_of(row, columns=self._columns, shape=self._shape)
            )
        except DataError as error:
            self.problems.add_error(error, kind="unusable")
            return
        self._look_at_sample(sample, row.where)
        self._look_at_graders(sample, row.where)
        self._remember(sample, completion, values, row.where)
        if writer is not None and (completion is not None or not has_completion):
            writer.write(sample, completion, self._shape or Recognised())

    def _begin(self, row: Row, values: Mapping[str, Any]) -> None:
        self._shape = shape_of(row, self._columns)
        self._ours |= {
            part.partition(".")[0] for path in self._shape.columns.values() for part in parts_of(path)
        }
        self._has_completions = "completion" in values
        asked = {name for grader in self._graders for name in grader.wants}
        for ours in self._shape.undecided:
            if ours in asked or (ours == "prompt" and not self._has_completions):
                hint = undecided(values, ours).strip()
                self.problems.add("undecided_column", f"no column '{ours}'. {hint}", row.where, column=ours)

    def _completion(self, values: dict[str, Any], where: str) -> str | None:
        if not self._has_completions and "completion" not in values:
            return None
        if "completion" not in values:
            self.problems.add("bad_completion", "no completion", where, column="completion")
            return None
        try:
            return completion_text(values.pop("completion"), where)
        except DataError as error:
            self.problems.add(
                "bad_completion", "no completion that can be graded", str(error), column="completion"
            )
            return None

    def _look_at_sample(self, sample: Sample, where: str) -> None:
        add, prompt, reference = self.problems.add, sample.prompt, sample.reference
        if not prompt.strip():
            kind = "no_prompt" if self._has_completions else "empty_prompt"
            add(kind, "no prompt, or an empty one", where, column=self._theirs("prompt"))
        elif sample.messages and sample.messages[-1].get("role") == "assistant":
            text = (
                "the prompt ends with a message of the assistant: the model is shown what may be the answer"
            )
            add("answer_in_prompt", text, where, column=self._theirs("prompt"))
        if "reference" in sample.columns and _is_empty(reference):
            add("empty_reference", "the reference is empty", where, column=self._theirs("reference"))
        for ours, value in (("prompt", prompt), ("reference", reference)):
            if isinstance(value, str):
                if len(value) < 6 and value.strip().casefold() in _NAN:
                    text = "a missing value that was written as text"
                    add("nan_text", text, f"{where}: {value!r}", column=self._theirs(ours))
                if "\ufffd" in value:
                    text = "U+FFFD stands for characters that were lost when the text was converted"
                    add("lost_characters", text, where, column=self._theirs(ours))

    def _theirs(self, ours: str) -> str:
        """What the file calls one of our columns."""
        return self._columns.get(ours) or (self._shape.columns.get(ours) if self._shape else None) or ours

    def _look_at_graders(self, sample: Sample, where: str) -> None:
        names = tuple(sample.columns)
        lacking = self._lacking.get(names)
        if lacking is None:
            lacking = [
                (grader, name)
                for grader in self._graders
                for name in grader.needs
                if name not in (*BUILT_IN, "id") and name not in sample.columns
            ]
            if len(self._lacking) < _SAID_EVERY:
                self._lacking[names] = lacking
        for grader, name in lacking:
            hint = undecided(sample.columns, name) or did_you_mean(name, names)
            text = f"grader '{grader.name}' asks for '{name}', which is no column.{hint}"
            self.problems.add("missing_column", text, where, column=name, group=grader.name)

    def _remember(
        self, sample: Sample, completion: str | None, values: Mapping[str, Any], where: str
    ) -> None:
        self._places.add(where)
        pairs = sorted(values.items(), key=_name)
        asked = hash((sample.prompt, repr(sample.messages)))
        truth = hash(repr(sample.reference))
        rest = repr([pair for pair in pairs if pair[0] not in self._ours])
        for name, key in (
            ("id", hash(sample.id)),
            ("row", hash((repr(pairs), completion))),
            ("prompt", asked),
            ("reference", truth),
            ("asked", hash((asked, rest))),
            ("content", hash((sample.prompt, truth))),
        ):
            self._keys[name].append(key)
        if sample.prompt.strip():
            self._prompts.append(asked)
            self._lengths["prompt"].append(min(len(sample.prompt), _LONGEST))
        if not _is_empty(sample.reference):
            text = sample.reference if isinstance(sample.reference, str) else excerpt(sample.reference, 1000)
            self._lengths["reference"].append(min(len(text), _LONGEST))
            self._answers.add(text.strip()[:1000])
        if completion is not None:
            self._lengths["completion"].append(min(len(completion), _LONGEST))

    def report(self, file: str, encoding: str, out: Path | None) -> DataReport:
        """What there is to say once every row was seen."""
        self._compare_rows()
        return DataReport(
            file,
            encoding,
            self.rows,
            self._shape or Recognised(),
            dict(self._columns),
            tuple(self._seen.columns.values()),
            len(self._prompts),
            repeats(self._prompts, 0).distinct,
            len(self._lengths["completion"]),
            len(self._answers),
            {name: quantiles(of) for name, of in self._lengths.items() if of},
            tuple(self._answers.top(_TOP_ANSWERS)),
            tuple(grader.name for grader in self._graders),
            tuple(self.problems.found()),
            None if out is None else str(out),
        )

    def _compare_rows(self) -> None:
        keys, most = self._keys, self._most
        same_rows = repeats(keys["row"], most)
        if self._has_completions:
            self._add(
                "repeated_row",
                "the same row again: graded once, counted each time",
                same_rows.count,
                same_rows.pairs,
            )
            two = conflicts(keys["id"], keys["content"], most)
            self._add(
                "one_id_two_samples",
                "an id that stands for another prompt or reference already",
                two.count,
                two.pairs,
            )
        else:
            self._add("duplicate_row", "the same row again: leave one out", same_rows.count, same_rows.pairs)
            other = conflicts(keys["id"], keys["row"], most)
            self._add("duplicate_id", "an id that another row has already", other.count, other.pairs)
        same = conflicts(keys["asked"], keys["reference"], most)
        text = "the same prompt and columns with another reference: at most one is right"
        self._add("conflicting_references", text, same.count, same.pairs)
        asked = conflicts(keys["prompt"], keys["reference"], most)
        if asked.count > same.count:
            text = "the same prompt with another reference; other columns differ too, which the model is not shown"
            self._add("other_references", text, asked.count - same.count, _without(asked.pairs, same.pairs))
        if not self._has_completions:
            again = conflicts(keys["prompt"], keys["row"], most)
            self._add("duplicate_prompt", "the same prompt in another row", again.count, again.pairs)

    def _add(self, kind: str, text: str, count: int, pairs: Iterable[tuple[int, int]]) -> None:
        if count:
            self.problems.add(kind, text, "", count=count)
        for earlier, later in pairs:
            self.problems.add(kind, text, f"{self._places[later]} as {self._places[earlier]}", count=0)


def _without(
    pairs: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    return (pair for pair in pairs if pair not in others)


def _name(pair: tuple[str, Any]) -> str:
    return pair[0]


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}


def _encoding(path: str | Path, problems: Problems) -> str:
    """How the text of a file is encoded, as far as its first bytes and what was found say; empty for files that hold no text."""
    file = Path(path)
    if is_data_folder(path) or ending_of(file) not in (".jsonl", ".json", ".csv"):
        return ""
    with file.open("rb") as handle:
        start = handle.read(3)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16, which is not read; save the file as UTF-8"
    if any(problem.text.startswith("not valid UTF-8") for problem in problems.found()):
        return f"not UTF-8, perhaps Windows-1252: iconv -f WINDOWS-1252 -t UTF-8 {file.name}"
    return "UTF-8 with a byte order mark" if start == b"\xef\xbb\xbf" else "UTF-8"
