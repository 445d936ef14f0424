"""A chat template of one's own, in place of the one in a model's folder: a Jinja file, checked before a model is loaded.

template = read_template(Path("plain.jinja"))      # ConfigError names the file and the line
model = HuggingFaceModel.load("models/tiny", template)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError
from ..paths import display_path, neighbour

# transformers adds this tag, which marks the assistant's part and writes nothing.
_GENERATION = re.compile(r"{%[-+]?\s*(end)?generation\s*[-+]?%}")


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """The text of a chat template and the file that it is from."""

    path: Path
    text: str

    @property
    def hash(self) -> str:
        """16 hexadecimal digits for the text."""
        return hashlib.blake2b(self.text.encode(), digest_size=8).hexdigest()

    def named(self) -> AbstractContextManager[None]:
        """For the length of a `with`, what Jinja finds wrong becomes a ConfigError that names the file."""
        return template_errors(str(self.path))


def read_template(path: Path) -> ChatTemplate:
    """The template in a file; ConfigError when there is none, or Jinja cannot read it."""
    from jinja2 import Environment

    if not path.is_file():
        raise ConfigError(f"--chat-template {path}: no such file{neighbour(path)}")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8: {error.reason}", where=display_path(path)) from None
    template = ChatTemplate(path, text)
    if "messages" not in text:
        raise ConfigError(
            "the template never looks at 'messages', so that no prompt would reach the model",
            where=display_path(path),
        )
    with template.named():
        # The template is only read here, not run.
        Environment(extensions=["jinja2.ext.loopcontrols"], autoescape=True).parse(_GENERATION.sub("", text))
    return template


@contextmanager
def template_errors(name: str) -> Iterator[None]:
    """What Jinja finds wrong with the template of that name becomes a ConfigError."""
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        yield
    except TemplateSyntaxError as error:
        raise ConfigError(
            f"not a chat template: {error.message}", where=f"{display_path(name)}:{error.lineno}"
        ) from None
    except TemplateError as error:
        raise ConfigError(
            f"it does not take these messages: {error.message}", where=display_path(name)
        ) from None
