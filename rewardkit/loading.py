"""The one loader of graders, used by the command line, by worker processes and by tests.

A `Ref` is what crosses a process border: where the grader stands (a module's name, or the path of a .py or .toml file), its name there,
and its fingerprint. Never a pickled function: a worker loads the file itself and refuses a grader that is not the same.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from .errors import GraderError, RewardkitError
from .fingerprints import values_reached
from .grader import Grader, same_code
from .paths import display_path, neighbour

_FILE_MODULE = "_rewardkit_file_"
_LOADING_SECONDS = 30
_TELL_VALUES = """
import json, sys
sys.path[:], source, attribute = json.loads(sys.argv[1])
from rewardkit.loading import tell_values
tell_values(source, attribute)
"""


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a grader stands: `source` is a module's name or the absolute path of a .py or .toml file.

    With a `text`, that is loaded in place of what the module's file holds; names, paths and imports in it mean what they mean in the file.
    """

    source: str
    attribute: str
    fingerprint: str
    text: str | None = None


def ref_of(grader: Grader) -> Ref | None:
    """The grader's Ref, or None when no other process can load it (defined in a notebook, or inside a function)."""
    if grader.file.suffix == ".toml":
        return Ref(str(grader.file.resolve()), grader.attribute, grader.fingerprint)
    module = sys.modules.get(grader.module)
    if module is None or not grader.file.is_file():
        return None
    attribute = grader.attribute or next(
        (name for name, value in vars(module).items() if value is grader), ""
    )
    if not attribute:
        return None
    by_path = module.__name__ == "__main__" or module.__name__.startswith(_FILE_MODULE)
    source = str(Path(module.__file__ or grader.file).resolve()) if by_path else module.__name__
    return Ref(source, attribute, grader.fingerprint)


def load_grader(ref: Ref) -> Grader:
    """Load a grader from its Ref; GraderError when it is gone or its fingerprint has changed."""
    if ref.source.endswith(".toml"):
        from .declaring import read_graders

        found = {grader.name: grader for grader in read_graders(Path(ref.source))}
        grader = found.get(ref.attribute)
    else:
        module = load_file(Path(ref.source)) if ref.source.endswith(".py") else load_module(ref.source)
        if ref.text is not None:
            module = _with_text(module, ref.text)
        grader = _grader_in(module, ref.attribute)
    if grader is None:
        raise GraderError(f"no grader '{ref.attribute}' there", where=display_path(ref.source))
    if ref.fingerprint and grader.fingerprint != ref.fingerprint:
        raise _another(grader, ref)
    return grader


def _another(grader: Grader, ref: Ref) -> GraderError:
    """Why the grader has not the fingerprint it should have: its code has changed, or something in it is new in every process."""
    unsteady = _unsteady(grader, ref)
    if not unsteady:
        return GraderError(
            f"it has changed since it was loaded (fingerprint {grader.fingerprint}, expected {ref.fingerprint}); start again",
            where=str(grader),
        )
    return GraderError(
        f"{' and '.join(unsteady)} has another value in each process that loads it, so that no two processes agree on what grades; make it "
        "a constant, compute it inside the function, or keep it in a dict whose name begins with '_', which does not count as code",
        where=str(grader),
    )


def _unsteady(grader: Grader, ref: Ref) -> list[str]:
    """The values, two at most, that a further process finds otherwise than this one."""
    command = [sys.executable, "-P", "-c", _TELL_VALUES, json.dumps([sys.path, ref.source, ref.attribute])]
    try:
        told = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LOADING_SECONDS, check=True
        )
        there = json.loads(told.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return []
    here = values_reached(grader)
    if there["fingerprint"] == grader.fingerprint:
        return []
    found = [label for label, digest in here.items() if there["values"].get(label, digest) != digest]
    return found[:2] or ["something in its module"]


def tell_values(source: str, attribute: str) -> None:
    """In a process of its own: print the fingerprint of a grader and of the values it reaches, as one line of JSON, and end."""
    grader = load_grader(Ref(source, attribute, ""))
    told = {"fingerprint": grader.fingerprint, "values": values_reached(grader)}
    sys.stdout.write(f"\n{json.dumps(told)}\n")
    sys.stdout.flush()
    os._exit(0)  # what the author's module started need not end


def _grader_in(module: ModuleType, attribute: str) -> Grader | None:
    """The grader of that name in a module; `verl+compute_score` is a function that was written for verl."""
    for value in vars(module).values():
        if isinstance(value, Grader):
            _ = value.fingerprint  # of all of them now: scoring with one may change what another sees
    value = vars(module).get(attribute)
    if isinstance(value, Grader):
        return attribute_of(module, attribute, value)
    from .interop.foreign import foreign_grader, split_shape

    shape, name = split_shape(attribute)
    return foreign_grader(module, name, shape) if shape else None


def attribute_of(module: ModuleType, attribute: str, grader: Grader) -> Grader:
    """The grader as found under that name in a module: a combination is named after its variable."""
    return same_code(grader, name=grader.name or attribute, attribute=attribute, module=module.__name__)


def load_module(name: str) -> ModuleType:
    """Import a module by its dotted name; GraderError says what failed and where."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise GraderError(
                f"no module named '{error.name}'; give a path (graders/sql.py) or an importable name",
                where=name,
            ) from None
        raise _loading_failed(error, name) from error
    except (RewardkitError, KeyboardInterrupt):
        raise
    except BaseException as error:  # the author's module may do anything, sys.exit() included
        raise _loading_failed(error, name) from error


def load_file(path: Path) -> ModuleType:
    """Import a .py file: by its dotted name when it lies in a package, else under a private name with its folder on sys.path."""
    file = path.resolve()
    if not file.is_file():
        raise GraderError(f"no such file{neighbour(path)}", where=display_path(path))
    loaded = _already_loaded(file)
    if loaded is not None:
        return loaded
    if (file.parent / "__init__.py").is_file():
        root, dotted = _package_of(file)
        _lead_path(root)
        return _checked_origin(load_module(dotted), file)
    _lead_path(file.parent)
    name = f"{_FILE_MODULE}{hashlib.blake2b(str(file).encode(), digest_size=4).hexdigest()}_{file.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise GraderError("not a Python file", where=display_path(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # the author's module may do anything, sys.exit() included
        del sys.modules[name]
        if isinstance(error, RewardkitError | KeyboardInterrupt):
            raise
        raise _loading_failed(error, display_path(file)) from error
    return module


class _TextLoader(SourceFileLoader):
    """Loads a module as from its file, but from another text than the file holds."""

    def __init__(self, name: str, file: str, text: str) -> None:
        super().__init__(name, file)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.path, "exec", dont_inherit=True)


def _with_text(module: ModuleType, text: str) -> ModuleType:
    """The module loaded anew from this text, and put into its place; GraderError when that fails, and then the old one stays there."""
    name, file = module.__name__, module.__file__ or ""
    spec = importlib.util.spec_from_file_location(
        name,
        file,
        loader=_TextLoader(name, file, text),
        submodule_search_locations=getattr(module, "__path__", None),
    )
    assert spec is not None
    assert spec.loader is not None
    changed = importlib.util.module_from_spec(spec)
    _put(changed)
    try:
        spec.loader.exec_module(changed)
    except BaseException as error:  # the author's module may do anything, sys.exit() included
        _put(module)
        if isinstance(error, RewardkitError | KeyboardInterrupt):
            raise
        raise _loading_failed(error, display_path(file)) from error
    return changed


def _put(module: ModuleType) -> None:
    """Make the module the one that imports of its name find."""
    package, _, name = module.__name__.rpartition(".")
    sys.modules[module.__name__] = module
    if package in sys.modules:
        setattr(sys.modules[package], name, module)


def _package_of(file: Path) -> tuple[Path, str]:
    """The folder to import from and the dotted name of a file in a package."""
    import rewardkit

    bundled = Path(rewardkit.__file__).parent / "graders"
    parts = [] if file.stem == "__init__" else [file.stem]
    folder = file.parent
    while (folder / "__init__.py").is_file():
        if folder == bundled.resolve():
            return bundled.parent.parent, ".".join(["rewardkit", "graders", *parts])
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)


def _checked_origin(module: ModuleType, file: Path) -> ModuleType:
    origin = Path(module.__file__ or "").resolve()
    if origin != file:
        raise GraderError(
            f"the package '{module.__name__}' is loaded from {display_path(origin)} already; give one of the two another name",
            where=display_path(file),
        )
    return module


def _already_loaded(file: Path) -> ModuleType | None:
    """The user's own import of the same file, so that one grader is one object; never `__main__`."""
    for name, module in list(sys.modules.items()):
        origin = getattr(module, "__file__", None)
        if origin and name != "__main__" and origin.endswith(file.name) and Path(origin).resolve() == file:
            return module
    return None


def _lead_path(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _loading_failed(error: BaseException, source: str) -> GraderError:
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not _is_of_python(frame.filename)
    ]
    where = f"{display_path(frames[-1].filename)}:{frames[-1].lineno}" if frames[1:] else source
    if isinstance(error, SyntaxError) and error.filename:
        where = f"{display_path(error.filename)}:{error.lineno}"
    return GraderError(f"importing it failed: {type(error).__name__}: {error}", where=where)


def _is_of_python(file: str) -> bool:
    """Whether a frame is the import system's, or that of a frozen module such as the one of `exit`."""
    return file.startswith("<frozen ") or file == importlib.__file__
