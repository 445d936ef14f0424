"""How a tool's process is called, and how it answers.

    python -P -m checking_parts.tools.NAME SET ID FOLDER [OPTION ...]

FOLDER is empty and the process's own. The last line of standard output is one JSON object: by reading, whether the tool found a flaw (null:
it could not run) and what it named. Whatever else is printed goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from checking_parts.corpus import Specimen, specimen

Reading: TypeAlias = tuple[bool | None, Sequence[str]]
Tool: TypeAlias = Callable[..., dict[str, Reading]]


def tell(tool: Tool) -> None:
    """Run `tool(specimen, folder, *options)` as this process was asked to, answer, and end without waiting for its threads."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    which, ident, folder, *options = sys.argv[1:]
    one: Specimen = specimen(which, ident)
    print(json.dumps(tool(one, Path(folder), *options)), file=answers, flush=True)
    os._exit(0)
