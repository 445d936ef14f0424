"""The version of a grader: a hash of everything that decides its score.

A hash of the source text misses a changed module constant, cannot tell two closures apart and fails for functions without a file. This one
walks from the function over its code objects, constants, defaults, closure cells and the globals it names, into the functions, classes and
modules of the author's own project; at the border of an installed package it stops with the package's name and version. Comments,
docstrings and line numbers do not count.

What it cannot see: data files, the network, imports inside `importlib`, private state (a global list, dict or set named `_like_this`
counts as a cache, not as a constant). For those there is `@reward(version="2")`.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import importlib.metadata
import re
import sys
import sysconfig
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from .grader import Grader

_RESOLVED = frozenset((*dis.hasname, *dis.haslocal, *dis.hasfree, *dis.hascompare))
_STDLIB = Path(sysconfig.get_paths()["stdlib"]).resolve()
_INSTALLED = tuple(Path(sysconfig.get_paths()[key]).resolve() for key in ("purelib", "platlib"))


def fingerprint(grader: Grader) -> str:
    """16 hexadecimal digits, equal in every process that has the same code and packages. About 0.3 ms for a small grader."""
    digest = hashlib.blake2b(digest_size=8)
    walk = _Walk()
    for token in walk.grader(grader):
        data = token.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


class _Walk:
    """One walk over the objects that a grader reaches; every object is visited once, later visits give its number."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._alive: list[object] = []  # an id is only unique while its object lives

    def grader(self, grader: Grader) -> Iterator[str]:
        yield f"grader {grader.kind} py{sys.version_info[0]}.{sys.version_info[1]}"
        for field in fields(grader.options):
            yield f"{field.name}={getattr(grader.options, field.name)!r}"
        for name, level in grader.levels.items():
            yield f"level {name}={level!r}"
        for part, weight in grader.parts:
            yield f"part {part.name} {weight!r}"
            yield from self.grader(part)
        if grader.function is not None:
            yield from self.value(grader.function)

    def value(self, value: Any) -> Iterator[str]:
        """Tokens for any value that a grader reaches."""
        if value is None or isinstance(value, bool | int | float | complex | str | bytes | type(...)):
            yield f"{type(value).__name__} {value!r}"
            return
        if id(value) in self._seen:
            yield f"again {self._seen[id(value)]}"
            return
        self._seen[id(value)] = len(self._seen)
        self._alive.append(value)
        yield from self._new(value)

    def _new(self, value: Any) -> Iterator[str]:
        if isinstance(value, Grader):
            yield from self.grader(value)
        elif isinstance(value, types.FunctionType):
            yield from self._function(value)
        elif isinstance(value, types.CodeType):
            yield from self._code(value)
        elif isinstance(value, types.ModuleType):
            yield f"module {_package(value.__name__)}"
        elif isinstance(value, type):
            yield from self._class(value)
        elif isinstance(value, list | tuple):
            yield f"{type(value).__name__} of {len(value)}"
            for item in value:
                yield from self.value(item)
        elif isinstance(value, set | frozenset):
            yield f"set of {len(value)}"
            for tokens in sorted([*_Walk().value(item)] for item in value):
                yield from tokens
        elif isinstance(value, Mapping):
            yield f"mapping of {len(value)}"
            for key, item in value.items():
                yield from self.value(key)
                yield from self.value(item)
        elif isinstance(value, re.Pattern):
            yield f"pattern {value.pattern!r} {value.flags}"
        else:
            yield from self._object(value)

    def _object(self, value: Any) -> Iterator[str]:
        if isinstance(value, functools.partial):
            yield from self.value((value.func, value.args, value.keywords))
            return
        for inside in (
            "__wrapped__",
            "__func__",
            "fget",
            "func",
        ):  # lru_cache, classmethod, property, cached_property
            if hasattr(value, inside):
                yield from self.value(getattr(value, inside))
                return
        kind = type(value)
        yield f"object {_package(kind.__module__)} {kind.__qualname__}"
        if _is_own(kind.__module__):
            yield from self._class(kind)
            yield from self.value(dict(sorted(_state(value).items())))
        elif hasattr(value, "tobytes") and hasattr(value, "dtype"):  # an array's repr leaves out its middle
            yield f"{value.dtype} {value.shape} {hashlib.blake2b(value.tobytes()).hexdigest()}"
        elif " at 0x" not in (text := repr(value)):
            yield text

    def _function(self, function: types.FunctionType) -> Iterator[str]:
        if not _is_own(function.__module__):
            yield f"function {_package(function.__module__)} {function.__qualname__}"
            return
        yield from self._code(function.__code__)
        yield from self.value(function.__defaults__)
        yield from self.value(function.__kwdefaults__)
        for cell in function.__closure__ or ():
            try:
                content = cell.cell_contents
            except ValueError:  # not bound yet
                content = None
            yield from self.value(content)
        if isinstance(registry := getattr(function, "registry", None), Mapping):  # functools.singledispatch
            yield from self.value(dict(registry))
        yield from self._globals(function.__code__, function.__globals__)

    def _code(self, code: types.CodeType) -> Iterator[str]:
        """The instructions with their operands resolved: a docstring is a constant that no instruction loads."""
        for instruction in dis.get_instructions(code):
            if instruction.opcode in dis.hasconst:
                yield instruction.opname
                yield from (
                    self._code(instruction.argval)
                    if isinstance(instruction.argval, types.CodeType)
                    else self.value(instruction.argval)
                )
            else:
                resolved = instruction.opcode in _RESOLVED
                yield f"{instruction.opname} {instruction.argval if resolved else instruction.arg}"

    def _globals(self, code: types.CodeType, namespace: Mapping[str, Any]) -> Iterator[str]:
        names = sorted(_names(code))
        for name in names:
            if name not in namespace or name.startswith("__"):
                continue
            value = namespace[name]
            if name.startswith("_") and isinstance(value, list | dict | set):
                continue
            yield f"global {name}"
            yield from self.value(value)
            if isinstance(value, types.ModuleType) and _is_own(value.__name__):
                for attribute in names:
                    if attribute in vars(value):
                        yield f"attribute {attribute}"
                        yield from self.value(vars(value)[attribute])

    def _class(self, cls: type) -> Iterator[str]:
        yield f"class {_package(cls.__module__)} {cls.__qualname__}"
        if not _is_own(cls.__module__):
            return
        for base in cls.__mro__[1:]:
            yield from self.value(base)
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
                yield f"member {name}"
                yield from self.value(member)


def _state(value: object) -> dict[str, Any]:
    """The attributes of an object, those in slots too."""
    slots = [name for cls in type(value).__mro__ for name in _slots(cls) if hasattr(value, name)]
    return {**{name: getattr(value, name) for name in slots}, **getattr(value, "__dict__", {})}


def _slots(cls: type) -> tuple[str, ...]:
    slots = vars(cls).get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def _names(code: types.CodeType) -> set[str]:
    """Every global or attribute name that a code object or one nested in it mentions."""
    nested = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*(_names(inner) for inner in nested))


@functools.lru_cache(maxsize=4096)
def _is_own(module: str | None) -> bool:
    """Whether a module belongs to the author's project (or to the bundled graders), rather than to an installed package."""
    if not module or module == "builtins":
        return False
    if module.split(".")[0] == "rewardkit":
        return module.startswith("rewardkit.graders")
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return module == "__main__"
    path = Path(file).resolve()
    installed = any(path.is_relative_to(folder) for folder in _INSTALLED)
    return not installed and not path.is_relative_to(_STDLIB)


@functools.lru_cache(maxsize=4096)
def _package(module: str) -> str:
    """A module's name with the version of the installed package it comes from; the author's own modules have none."""
    top = module.split(".")[0]
    if top in sys.stdlib_module_names or top == "rewardkit":
        return module
    if _is_own(module):
        return "own"  # the name a file is loaded under differs between processes
    try:
        return f"{module} {importlib.metadata.version(top)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{module} {getattr(sys.modules.get(top), '__version__', '')}"
