"""Find graders: scan files as pytest does.

    collect(["graders"])                     every grader of the .py and .toml files below a folder
    collect(["graders/qa.py"])               every grader of one file
    collect(["graders/qa.py:exact"])         one of them
    collect(["my_package.graders"])          every grader that an importable module or package offers
    collect(["my_package.graders:exact"])    one of them
    collect(["text_to_sql"])                 a grader that an installed package offers (entry-point group `rewardkit.graders`), or the
                                             one of that name with default settings, beside the factory that it offers
    collect(["my.py:compute_score"])         a reward function written for TRL or verl (`trl+my.py:f` says which; see interop/foreign.py)

Only names that a file defines or combines are collected, not those it imports. Two graders of one name are an error that names both files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

from .case_checks import check_marks
from .cases import cases_beside
from .declaring import installed_graders, is_grader_file, read_graders
from .errors import ConfigError, DataError, GraderError, did_you_mean
from .fingerprints import spec_of
from .grader import BUILT_IN, Grader, same_code
from .interop.foreign import Shape, foreign_grader, functions_of, split_shape
from .loading import attribute_of, load_file, load_module
from .paths import NOT_SCANNED, display_path
from .row_shapes import undecided
from .samples import Sample


def collect(targets: str | Sequence[str]) -> list[Grader]:
    """The graders that one target or several name, in source order, each once; GraderError when there are none or two share a name."""
    targets = [targets] if isinstance(targets, str) else targets
    found = _each_once(grader for target in targets for grader in _collect_one(target))
    if not found:
        raise GraderError(
            f"no graders found in {', '.join(targets)}; a grader is a function under @reward or @partial_credit, or a TOML table with 'use'"
        )
    return _checked(found)


def collect_file(path: Path) -> list[Grader]:
    """The graders of one .py or .toml file, in source order; empty when it holds none. GraderError for what is wrong with one."""
    if path.suffix == ".toml" and not is_grader_file(path):
        return []
    return _checked(_each_once(_of_file(path)))


def collect_grader(target: str) -> Grader:
    """The one grader that a target names; GraderError when it names several."""
    graders = collect([target])
    if len(graders) > 1:
        names = ", ".join(grader.name for grader in graders)
        raise GraderError(
            f"'{target}' holds {len(graders)} graders: {names}; name one: {target}:{graders[0].name}"
        )
    return graders[0]


def check_columns(grader: Grader, samples: Iterable[Sample]) -> None:
    """GraderError, before anything runs, when a grader asks for a column that a sample lacks."""
    needed = set(grader.needs) - {*BUILT_IN, "id"}
    for sample in samples:
        for name in sorted(needed - set(sample.columns)):
            available = [*(given for given in BUILT_IN if given != "completions"), "id", *sample.columns]
            place = f" in {sample.where}" if sample.where else ""
            hint = undecided(sample.columns, name) or did_you_mean(name, available)
            raise GraderError(
                f"{grader} asks for '{name}', which is no column{place}; available: {', '.join(available)}."
                f'{hint} (Rename a column with --column {name}=THEIRS, or [data] columns = {{{name} = "THEIRS"}}.)'
            )


def check_renamed(columns: Mapping[str, str], graders: Sequence[Grader]) -> None:
    """ConfigError for a column name (ours -> theirs) that neither a grader nor its test looks at."""
    wanted = {name for grader in graders for name in grader.wants}
    if "sample" in wanted:  # it may read any column
        return
    allowed = sorted((wanted - {"completion", "seed"}) | {"id", "prompt", "messages", "gold", "wrong"})
    for name, theirs in columns.items():
        if name not in allowed:
            raise ConfigError(
                f"--column {name}={theirs}: no grader asks for '{name}'; allowed: {', '.join(allowed)}.{did_you_mean(name, allowed)}"
            )


def _each_once(graders: Iterable[Grader]) -> list[Grader]:
    """Those graders, each once; GraderError when two share a name."""
    found: dict[str, Grader] = {}
    for grader in graders:
        other = found.get(grader.name)
        if other is not None and _place(other) != _place(grader):
            raise GraderError(
                f"two graders are named '{grader.name}': {other.where} and {grader.where}; rename one: @reward(name=...)"
            )
        found[grader.name] = grader
    return list(found.values())


def _checked(graders: list[Grader]) -> list[Grader]:
    for grader in graders:
        check_marks(grader)
        _ = grader.fingerprint  # of the code as loaded, before any call can change a module's state
    return graders


def _place(grader: Grader) -> tuple[Path, str]:
    return grader.file.resolve(), grader.attribute


def _collect_one(target: str) -> list[Grader]:
    shape, target = split_shape(target)
    source, separator, name = target.rpartition(":")
    if not separator:
        source, name = target, ""
    path = Path(source)
    if shape is not None:
        return [_foreign(path, source, name, shape)]
    if path.is_dir():
        graders = [grader for file in _files(path) for grader in _of_file(file)]
    elif path.suffix in (".py", ".toml") or path.is_file():
        graders = _of_file(path)
    elif separator:
        graders = _of_module(load_module(source), imported_too=True)
    elif target not in installed_graders() and is_module(target):
        return _offered_by(target)
    else:
        return [_entry_point(target)]
    if not name:
        return graders
    chosen = [grader for grader in graders if name in (grader.name, grader.attribute)]
    functions: list[str] = []
    if not chosen and path.suffix != ".toml" and not path.is_dir():
        module = _module_at(path, source)
        found = foreign_grader(module, name)
        chosen = [found] if found else []
        functions = functions_of(module)
    if not chosen:
        names = [grader.name for grader in graders]
        raise GraderError(
            f"no grader '{name}' there; found: {', '.join(names) or 'none'}.{did_you_mean(name, [*names, *functions])}",
            where=display_path(source),
        )
    return chosen[:1]


def _foreign(path: Path, source: str, name: str, shape: Shape) -> Grader:
    """A function that was written for TRL or verl, as the target says."""
    if not name or path.suffix == ".toml":
        raise GraderError(
            f"{shape}+ stands before one function of a Python file: {shape}+my_rewards.py:compute_score"
        )
    grader = foreign_grader(_module_at(path, source), name, shape)
    if grader is None:
        raise GraderError(f"no function '{name}' there", where=display_path(source))
    return grader


def _module_at(path: Path, source: str) -> ModuleType:
    return load_file(path) if path.suffix == ".py" else load_module(source)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith((".", "__pycache__")) for part in parts[:-1]):
            continue
        if (path.suffix == ".py" and not path.name.startswith(NOT_SCANNED)) or (
            path.suffix == ".toml" and is_grader_file(path)
        ):
            yield path


def _of_file(path: Path) -> list[Grader]:
    if path.suffix == ".toml":
        return [_with_labelled_cases(grader) for grader in read_graders(path)]
    if path.suffix != ".py":
        raise GraderError("a grader file is a .py or .toml file", where=display_path(path))
    return _of_module(load_file(path))


def _of_module(module: ModuleType, *, imported_too: bool = False) -> list[Grader]:
    file = Path(module.__file__ or "").resolve()
    graders: list[Grader] = []
    for attribute, value in vars(module).items():
        if not isinstance(value, Grader):
            continue
        if value.file.resolve() == file:
            graders.append(with_cases_beside(attribute_of(module, attribute, value)))
        elif imported_too:
            home = load_module(value.module)
            at_home = next((name for name, other in vars(home).items() if other is value), attribute)
            graders.append(with_cases_beside(attribute_of(home, at_home, value)))
    return sorted(graders, key=lambda grader: grader.line)


def is_module(name: str) -> bool:
    """Whether that is the dotted name of a module or package that can be imported; it is not."""
    return all(part.isidentifier() for part in name.split(".")) and spec_of(name) is not None


def _offered_by(name: str) -> list[Grader]:
    """The graders that a module defines or imports; of a package that does neither, those of its files."""
    module = load_module(name)
    folders = [Path(folder) for folder in getattr(module, "__path__", ())]
    return _of_module(module, imported_too=True) or [
        grader for folder in folders for file in _files(folder) for grader in _of_file(file)
    ]


def with_cases_beside(grader: Grader) -> Grader:
    """The grader with the cases of `NAME.cases.jsonl` beside its file, and of the labels that it names, too."""
    try:
        more = cases_beside(grader.file, grader.name)
    except DataError as error:
        raise GraderError(str(error)) from None
    return _with_labelled_cases(same_code(grader, marks=(*grader.marks, *more)) if more else grader)


def _with_labelled_cases(grader: Grader) -> Grader:
    """A rubric with what people agree on in the labels that it names."""
    if grader.kind != "rubric":
        return grader
    from .judging.label_cases import cases_of_labels

    try:
        more = cases_of_labels(grader)
    except DataError as error:
        raise GraderError(f"{grader} names labels: {error}") from None
    return same_code(grader, marks=(*grader.marks, *more)) if more else grader


def _entry_point(name: str) -> Grader:
    points = installed_graders()
    if name not in points:
        hint = did_you_mean(name, points)
        raise GraderError(
            f"'{name}' is no file, folder, module, package.module:name or installed grader; installed: {', '.join(sorted(points))}.{hint}"
        )
    found = ready_made(points[name])
    if found is not None:
        return found
    raise GraderError(
        f"'{name}' needs settings; use it from a TOML file (use = \"{name}\") or call {points[name].value} in Python"
    )


def ready_made(point: EntryPoint) -> Grader | None:
    """The grader that an entry point offers; of a factory, the one of that name in its module, if there is one."""
    value = point.load()
    module = load_module(value.module if isinstance(value, Grader) else point.module)
    for grader in _of_module(module):
        if grader.function is value.function if isinstance(value, Grader) else grader.name == point.name:
            return grader
    return None
