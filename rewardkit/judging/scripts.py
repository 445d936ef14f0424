"""`script:FILE.py:FUNCTION`: a judge that is a function of a file, so that a rubric in TOML can be tried without a model and without a key.

    # offline_judge.py
    def verdict(criterion, answer):
        return "met" if criterion.id in answer else "unmet"        # or (verdict, reason)

Of a ranking it is given the answers A and B, and returns "A", "B" or "tie". Its verdicts are kept under the file's text: a changed file is asked again.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from ..errors import ConfigError, RewardkitError
from ..loading import load_file
from ..paths import display_path, neighbour
from .judges import ScriptedJudge

PREFIX = "script:"


def scripted_judge(spec: str, folder: Path) -> ScriptedJudge:
    """The judge of a spec; its file is relative to `folder`. ConfigError when there is no such file or function, or it cannot be loaded."""
    file, colon, name = spec.removeprefix(PREFIX).rpartition(":")
    if not (colon and file.endswith(".py") and name.isidentifier()):
        raise ConfigError(
            f"{spec!r} names no script; write script:FILE.py:FUNCTION, for example script:offline_judge.py:verdict"
        )
    path = folder / file
    if not path.is_file():
        raise ConfigError(f"{spec}: no such file ({display_path(path)}){neighbour(path)}")
    try:
        verdict = getattr(load_file(path.resolve()), name, None)
    except RewardkitError as error:
        raise ConfigError(f"{spec}: {error}") from None
    if not callable(verdict):
        raise ConfigError(
            f"{spec}: there is no function '{name}' in {display_path(path)}; it takes (criterion, answer) and returns the verdict"
        )
    digest = blake2b(path.read_bytes(), digest_size=8).hexdigest()
    return ScriptedJudge(verdict, f"script {path.name}:{name} {digest}", better=verdict)
