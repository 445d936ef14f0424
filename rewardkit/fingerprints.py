"""The version of a grader: a hash of everything that decides its score.

A hash of the source text misses a changed module constant, cannot tell two closures apart and fails for functions without a file. This one
walks from the function over its code objects, constants, defaults, closure cells and the globals it names, into the functions, classes and
modules of the author's own project; at the border of an installed package it stops with the package's name and version. Comments,
docstrings and line numbers do not count.

A module of the author's own counts by what is named of it (`rules.money.check`: that function, and what it reaches). Where that cannot be
told (an import inside a function, a module that is passed on), its whole file counts, comments too, and so do the files that it imports.

What it cannot see: data files, the network and services, what a name computed at run time leads to (`getattr(rules, name)` on a module that
is reached in no other way, `importlib.import_module(name)`, `globals()[name]`), private state (a global list, dict or set named `_like_this`
counts as a cache, not as a constant). For those there is `@reward(version="2")`, and for files that a column names `@reward(files=("database",))`.
"""

from __future__ import annotations

import ast
import dis
import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import sysconfig
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from .grader import JUDGED, Grader
from .judging.named import JUDGE
from .paths import display_path
from .plain_code import plain_code

_RESOLVED = frozenset((*dis.hasname, *dis.haslocal, *dis.hasfree, *dis.hascompare))
_GLOBAL = frozenset(("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"))
_ATTRIBUTE = frozenset(("LOAD_ATTR", "LOAD_METHOD"))
_STDLIB = Path(sysconfig.get_paths()["stdlib"]).resolve()
_INSTALLED = tuple(Path(sysconfig.get_paths()[key]).resolve() for key in ("purelib", "platlib"))
_INSTALLED_NAMES = frozenset(
    ("site-packages", "dist-packages")
)  # also of a user, or of the system below a venv
_CODE = (types.FunctionType, types.ModuleType, type, Grader)

Chain: TypeAlias = tuple[str, ...]  # ("rules", "money", "check") for rules.money.check


class _Import(NamedTuple):
    """`from ..name import items`: level 2; `items` is empty for `import name`."""

    name: str
    level: int
    items: tuple[str, ...]


class _File(NamedTuple):
    """A source file, and the package that its relative imports start from."""

    path: str
    package: str


def fingerprint(grader: Grader) -> str:
    """16 hexadecimal digits, equal in every process that has the same code and packages. About 0.3 ms for a small grader."""
    walk = _Walk()
    walk.grader(grader)
    return _digest(walk.tokens)


def file_fingerprint(file: Path) -> str:
    """A hash of the content of a Python file and of all own files that it imports, comments too. They must be importable as they are from it."""
    walk = _Walk()
    walk.file(file)
    return _digest(walk.tokens)


def values_reached(grader: Grader) -> dict[str, str]:
    """A hash of each named value (global, default, closure cell, class member) that a grader reaches, as messages name it.

    Two processes with one source and two fingerprints differ in one of these: `{"'SALT' in graders/qa.py": "61c9..."}`.
    """
    walk = _Walk()
    walk.grader(grader)
    named = walk.named.items()
    return {f"{name} in {display_path(file)}": _digest(_tokens_of(value)) for (name, file), value in named}


def modules_reached(grader: Grader) -> frozenset[str]:
    """The dotted names of the modules, installed ones and the standard library's too, of which a grader reaches something."""
    walk = _Walk()
    walk.grader(grader)
    return frozenset(walk.modules)


def is_installed(file: Path) -> bool:
    """Whether a file is one of an installed package or of the standard library."""
    path = file.resolve()
    installed = any(path.is_relative_to(folder) for folder in (*_INSTALLED, _STDLIB))
    return installed or not _INSTALLED_NAMES.isdisjoint(path.parts)


def _tokens_of(value: Any) -> list[str]:
    walk = _Walk()
    walk.value(value)
    return walk.tokens


def _digest(tokens: list[str]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for token in tokens:
        data = token.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


class _Walk:
    """One walk over the objects that a grader reaches; every object is visited once, later visits give its number."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self._add = self.tokens.append
        self.named: dict[tuple[str, str], Any] = {}  # what is no code, by its name in messages and its file
        self.modules: set[str] = set()  # those where a step ended or began, installed ones among them
        self._names: set[str] = set()  # of modules that are imported late
        self._files: set[str] = set()
        self._seen: dict[int, int] = {}
        self._alive: list[object] = []  # an id is only unique while its object lives

    def grader(self, grader: Grader) -> None:
        self._add(f"grader {grader.kind} py{sys.version_info[0]}.{sys.version_info[1]}")
        for field in fields(grader.options):
            if field.name == "files":  # they are known of a row, and decide no score
                continue
            self._add(f"{field.name}={getattr(grader.options, field.name)!r}")
        for name, level in grader.levels.items():
            self._add(f"level {name}={level!r}")
        for part, weight in grader.parts:
            self._add(f"part {part.name} {weight!r}")
            self.grader(part)
        if grader.kind in JUDGED:
            self._add(f"judge {os.environ.get(JUDGE, '')}")
        if grader.function is not None:
            self.value(grader.function)

    def file(self, file: Path) -> None:
        """The whole of a file, and of the own files that it imports."""
        self._whole([_File(str(file), "")])

    def value(self, value: Any) -> None:
        """Tokens for any value that a grader reaches."""
        if value is None or isinstance(value, bool | int | float | complex | str | bytes | type(...)):
            self._add(f"{type(value).__name__} {value!r}")
            return
        if id(value) in self._seen:
            self._add(f"again {self._seen[id(value)]}")
            return
        self._seen[id(value)] = len(self._seen)
        self._alive.append(value)
        self._new(value)

    def _new(self, value: Any) -> None:
        if isinstance(value, Grader):
            self.grader(value)
        elif isinstance(value, types.FunctionType):
            self._function(value)
        elif isinstance(value, types.CodeType):
            self._code(value, "", set())
        elif isinstance(value, types.ModuleType):
            self._module(value)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, list | tuple):
            self._add(f"{type(value).__name__} of {len(value)}")
            for item in value:
                self.value(item)
        elif isinstance(value, set | frozenset):
            self._add(f"set of {len(value)}")
            for tokens in sorted(_tokens_of(item) for item in value):
                self.tokens += tokens
        elif isinstance(value, Mapping):
            self._add(f"mapping of {len(value)}")
            for key, item in value.items():
                self.value(key)
                self.value(item)
        elif isinstance(value, re.Pattern):
            self._add(f"pattern {value.pattern!r} {value.flags}")
        else:
            self._object(value)

    def _package(self, module: str) -> str:
        self.modules.add(module)
        return _package(module)

    def _note(self, name: str, file: str | None, value: Any) -> None:
        if not isinstance(value, _CODE):
            self.named.setdefault((name, file or "?"), value)

    def _object(self, value: Any) -> None:
        if isinstance(value, functools.partial):
            self.value((value.func, value.args, value.keywords))
            return
        for inside in (
            "__wrapped__",
            "__func__",
            "fget",
            "func",
        ):  # lru_cache, classmethod, property, cached_property
            if hasattr(value, inside):
                self.value(getattr(value, inside))
                return
        kind = type(value)
        self._add(f"object {self._package(kind.__module__)} {kind.__qualname__}")
        if isinstance(home := getattr(value, "__module__", None), str) and home != kind.__module__:
            self._add(f"of {self._package(home)}")  # a compiled function
            if _is_own(home):
                self.value(sys.modules[home])
        if _is_own(kind.__module__):
            self._class(kind)
            self.value(dict(sorted(_state(value).items())))
        elif hasattr(value, "tobytes") and hasattr(value, "dtype"):  # an array's repr leaves out its middle
            self._add(f"{value.dtype} {value.shape} {hashlib.blake2b(value.tobytes()).hexdigest()}")
        elif " at 0x" not in (text := repr(value)):
            self._add(text)

    def _function(self, function: types.FunctionType) -> None:
        if not _is_own_function(function):
            self._add(f"function {self._package(function.__module__)} {function.__qualname__}")
            return
        name, namespace = function.__qualname__, function.__globals__
        file = function.__code__.co_filename
        chains: set[Chain] = set()
        self._code(plain_code(function), namespace.get("__package__") or "", chains)
        defaults = (function.__defaults__, function.__kwdefaults__)
        self._note(f"a default of '{name}'", file, defaults)
        self.value(defaults)
        for variable, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
            try:
                content = cell.cell_contents
            except ValueError:  # not bound yet
                content = None
            self._note(f"'{variable}' in the closure of '{name}'", file, content)
            self.value(content)
        if isinstance(registry := getattr(function, "registry", None), Mapping):  # functools.singledispatch
            self.value(dict(registry))
        for chain in sorted(chains):
            self._global(chain, namespace)

    def _code(self, code: types.CodeType, package: str, chains: set[Chain]) -> None:
        """The instructions with their operands resolved: a docstring is a constant that no instruction loads.

        The globals that they name, each with the attributes read off it, are added to `chains`.
        """
        instructions = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
        chains.update(_chains(instructions))
        for index, step in enumerate(instructions):
            if step.opcode in dis.hasconst:
                self._add(step.opname)
                if isinstance(step.argval, types.CodeType):
                    self._code(step.argval, package, chains)
                else:
                    self.value(step.argval)
            else:
                self._add(f"{step.opname} {step.argval if step.opcode in _RESOLVED else step.arg}")
            if step.opname == "IMPORT_NAME":
                level, items = (before.argval for before in instructions[index - 2 : index])
                self._whole(self._imported(_Import(step.argval, level, items or ()), package))

    def _global(self, chain: Chain, namespace: Mapping[str, Any]) -> None:
        """What `rules.money.check` stands for: the chain is followed through the author's own modules."""
        space, value = namespace, None
        for name in chain:
            if name.startswith("__"):
                return
            if name not in space:
                if space is not namespace:  # a module that makes its attributes, or one not imported yet
                    self._whole(self._files_of(f"{space['__name__']}.{name}"))
                    break
                return  # a builtin
            value = space[name]
            if name.startswith("_") and isinstance(value, list | dict | set):
                return
            self._add(f"global {name}")
            if not isinstance(value, types.ModuleType) or not _is_own_module(value):
                break
            space = vars(value)
        self._note(f"'{name}'", space.get("__file__"), value)
        self.value(value)

    def _module(self, module: types.ModuleType) -> None:
        """A module that is not reached for something in it: of the author's own, the file, and all files of a package."""
        self._add(f"module {self._package(module.__name__)}")
        if not _is_own_module(module):
            return
        package = module.__package__ or ""
        file = getattr(module, "__file__", None)
        files = [_File(file, package)] if file else []
        for folder in getattr(module, "__path__", ()):
            for inside in sorted(Path(folder).rglob("*.py")):
                above = inside.parent.relative_to(folder).parts
                files.append(_File(str(inside), ".".join((module.__name__, *above))))
        self._whole(files)

    def _imported(self, wanted: _Import, package: str) -> list[_File]:
        """The own files that an import statement would load; none of them is loaded."""
        try:
            name = importlib.util.resolve_name("." * wanted.level + wanted.name, package)
        except ImportError:  # a relative import outside a package: it will fail
            return []
        names = (name, *(f"{name}.{item}" for item in wanted.items))
        return [file for each in names for file in self._files_of(each)]

    def _files_of(self, name: str) -> list[_File]:
        """The file of an own module and those of the packages that it is in; none for an installed one, whose version counts."""
        found: list[_File] = []
        if name in self._names:
            return found
        self._names.add(name)
        dots = [index for index, letter in enumerate(name) if letter == "."]
        for end in (*dots, len(name)):
            if name.startswith("rewardkit.graders") and name[:end] == "rewardkit":
                continue
            spec = spec_of(name[:end])
            if spec is None:
                break
            if not _is_own_spec(spec):
                self.modules.add(name)
                self._add(f"import {_installed(name.partition('.')[0])}")
                break
            if spec.has_location and spec.origin:
                found.append(_File(spec.origin, spec.parent or ""))
        return found

    def _whole(self, files: list[_File]) -> None:
        """The content of files, and of all own files that they import."""
        waiting = files[::-1]
        while waiting:
            file, package = waiting.pop()
            path = Path(file).resolve()
            if str(path) in self._files:
                continue
            self._files.add(str(path))
            try:
                data = path.read_bytes()
            except OSError:
                continue
            self._add(f"file {hashlib.blake2b(data, digest_size=8).hexdigest()}")
            for wanted in _imports(data) if path.suffix == ".py" else ():
                waiting += self._imported(wanted, package)

    def _class(self, cls: type) -> None:
        self._add(f"class {self._package(cls.__module__)} {cls.__qualname__}")
        if not _is_own(cls.__module__):
            return
        for base in cls.__mro__[1:]:
            self.value(base)
        file = _place(sys.modules.get(cls.__module__))
        for name, member in sorted(vars(cls).items()):
            if name in (
                "__module__",
                "__doc__",
                "__dict__",
                "__weakref__",
                "__firstlineno__",
                "__static_attributes__",
            ):
                continue
            if not isinstance(member, types.MemberDescriptorType | types.GetSetDescriptorType):
                self._add(f"member {name}")
                self._note(f"'{cls.__qualname__}.{name}'", file, member)
                self.value(member)


def _state(value: object) -> dict[str, Any]:
    """The attributes of an object, those in slots too."""
    slots = [name for cls in type(value).__mro__ for name in _slots(cls) if hasattr(value, name)]
    return {**{name: getattr(value, name) for name in slots}, **getattr(value, "__dict__", {})}


def _slots(cls: type) -> tuple[str, ...]:
    slots = vars(cls).get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def _chains(instructions: list[dis.Instruction]) -> Iterator[Chain]:
    """Each global that is read, with the attributes that are read off it at once."""
    chain: list[str] = []
    for step in instructions:
        if chain and step.opname in _ATTRIBUTE:
            chain.append(step.argval)
            continue
        if chain:
            yield tuple(chain)
        chain = [step.argval] if step.opname in _GLOBAL else []


@functools.lru_cache(maxsize=1024)
def _imports(source: bytes) -> tuple[_Import, ...]:
    """The import statements of a file, those inside functions too."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return ()
    found = [
        _Import(alias.name, 0, ()) for node in nodes if isinstance(node, ast.Import) for alias in node.names
    ]
    found += [
        _Import(node.module or "", node.level, tuple(alias.name for alias in node.names))
        for node in nodes
        if isinstance(node, ast.ImportFrom)
    ]
    return tuple(found)


def spec_of(name: str) -> ModuleSpec | None:
    """Where a module would be loaded from; neither it nor a package that it is in is loaded."""
    package = name.rpartition(".")[0]
    try:
        if not package:
            return importlib.util.find_spec(name)
        above = spec_of(package)
        if above is None or above.submodule_search_locations is None:
            return None
        return PathFinder.find_spec(name, above.submodule_search_locations)
    except (ImportError, AttributeError, ValueError):  # ValueError: a module without a spec, such as __main__
        return None


def _is_own_function(function: types.FunctionType) -> bool:
    """By its module; by its file when that was loaded without an entry in `sys.modules`."""
    name, file = function.__module__, function.__code__.co_filename
    return _is_own(name) or (
        name not in sys.modules and file.endswith(".py") and _is_own_place(name or "", file)
    )


def _is_own_module(module: types.ModuleType) -> bool:
    return _is_own_place(module.__name__, _place(module))


def _is_own_spec(spec: ModuleSpec) -> bool:
    place = spec.origin if spec.has_location else next(iter(spec.submodule_search_locations or ()), None)
    return _is_own_place(spec.name, place)


def _is_own(module: str | None) -> bool:
    """Whether a module belongs to the author's project (or to the bundled graders), rather than to an installed package."""
    return bool(module) and _is_own_place(module or "", _place(sys.modules.get(module or "")))


def _place(module: types.ModuleType | None) -> str | None:
    """The file of a module, or the first folder of a package without `__init__.py`."""
    return getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)


@functools.lru_cache(maxsize=4096)
def _is_own_place(module: str, place: str | None) -> bool:
    if module.split(".")[0] == "rewardkit":
        return module.startswith("rewardkit.graders")
    if place is None:
        return module == "__main__"
    return not is_installed(Path(place))


def _package(module: str) -> str:
    """A module's name with the version of the installed package it comes from; the author's own modules have none."""
    top = module.split(".")[0]
    if top in sys.stdlib_module_names or top == "rewardkit":
        return module
    if _is_own(module):
        return "own"  # the name a file is loaded under differs between processes
    return f"{module} {_installed(top) or getattr(sys.modules.get(top), '__version__', '')}"


@functools.lru_cache(maxsize=1024)
def _installed(top: str) -> str:
    """The versions of the distributions that a top-level module comes from; a distribution may have another name, as PyYAML."""
    if top in sys.stdlib_module_names or top == "rewardkit":
        return top
    try:
        return importlib.metadata.version(top)
    except importlib.metadata.PackageNotFoundError:
        names = _distributions().get(top, [])
        return " ".join(sorted({f"{name} {importlib.metadata.version(name)}" for name in names}))


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    """By top-level module. Reads the file list of every package: 0.1 s for a hundred, so it is asked for only when needed."""
    return importlib.metadata.packages_distributions()
