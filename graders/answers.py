"""Where the answer stands in a completion, and what is no answer: a denial.

    place = Place(after="Answer:")
    place.find("<think>maybe 41</think>So 6 x 7.\\nAnswer: 42")        # "42"
    is_denied("it is not covered", 10, 17)                            # True

Everything here takes time linear in the length of the text, whatever the text: the graders that use it run in the caller's process.
It knows English denials only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .settings import check_flag, check_text

_THINKING_ENDS = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_THINKING_STARTS = re.compile(r"<(?:think|thinking|reasoning)>", re.IGNORECASE)
_BOXED = re.compile(r"\\(?:boxed|fbox)\{((?:[^{}]|\{[^{}]{0,100}\}){0,100})\}")
_WRAPPED = re.compile(r"\\(?:text|mathrm|textbf|mathbf)\{([^{}]{0,200})\}")
_FINAL = re.compile(r"####|\banswer[\s*_]{0,4}(?:\bis\b|[:=])", re.IGNORECASE)
_DENIED_BEFORE = re.compile(
    r"(?:\b(?:not|cannot|never|neither|nor|no|without|hardly|far\s+from|anything\s+but|rather\s+than|instead\s+of|isnt)|n['’]t)"
    r"(?:\s+(?!but\b)[\w'’-]+){0,3}\s+\W{0,3}\Z|\bnon\W?\Z",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\W{0,3}\s*(?:is|was|are|seems|would\s+be)\s+(?:\w+\s+)?(?:not|wrong|incorrect|false|untrue)\b|\s*\?\s*no\b|\W{0,3}\s*isn['’]t\b",
    re.IGNORECASE,
)
_DECORATION = " \t\r\n*_`\"'“”‘’«»$()[]{}.:;,!<>#"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answer stands. Thinking (`<think>...</think>`) never counts; an unfinished thought leaves no answer.

    tag: only what is inside the last `<tag>...</tag>`.
    after: only what follows the last such marker (any case): the rest of its line, or the next line that is not blank.
    last_line: only the last line that is not blank.
    """

    after: str | None = None
    tag: str | None = None
    last_line: bool = False

    def find(self, completion: str) -> str | None:
        """The part of the completion that counts as the answer; None when a required tag or marker is missing."""
        text: str | None = without_thinking(completion)
        if text is not None and self.tag:
            text = _inside(text, self.tag)
        if text is not None and self.after:
            text = after_last(text, re.compile(re.escape(self.after), re.IGNORECASE))
        if text is not None and self.last_line:
            text = next((line for line in reversed(text.splitlines()) if line.strip()), "")
        return text

    @property
    def missing(self) -> str:
        """The reason beside a completion in which `find` found nothing."""
        return f"no <{self.tag}>...</{self.tag}> in it" if self.tag else f"no '{self.after}' in it"


ANYWHERE = Place()


def place_of(after: str | None, tag: str | None, last_line: bool) -> Place:
    """A Place from a factory's settings; GraderError when one is wrong."""
    check_text("after", after)
    check_text("tag", tag)
    check_flag("last_line", last_line)
    return Place(after, tag, last_line)


def without_thinking(completion: str) -> str:
    """What follows the last closing tag of a thought, up to a thought that was begun again."""
    ends = [match.end() for match in _THINKING_ENDS.finditer(completion)]
    text = completion[ends[-1] :] if ends else completion
    start = _THINKING_STARTS.search(text)
    return text[: start.start()] if start else text


def final_statement(text: str) -> str | None:
    """What follows the last "answer is", "answer:" or "####"; None when the text has no such phrase."""
    return after_last(text, _FINAL)


def boxed_parts(text: str) -> list[str]:
    """The contents of every LaTeX box, in order, with at most one level of braces inside, unwrapped."""
    return [unwrapped(part) for part in _BOXED.findall(text)]


def unwrapped(text: str) -> str:
    r"""The text without LaTeX's `\text{...}`, `\mathrm{...}` and their like around its parts."""
    return _WRAPPED.sub(r"\1", text)


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the words around `text[start:end]` deny it: "not covered", "isn't 42", "covered is wrong"."""
    before, after = text[max(0, start - 60) : start], text[end : end + 40]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after))


def normal(text: str, *, ignore_case: bool = False) -> str:
    """NFC, and folded case when asked."""
    text = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", text.casefold()) if ignore_case else text


def bare(text: str) -> str:
    """The text without the markdown, quotes, brackets and punctuation around it."""
    return text.strip(_DECORATION)


def shown(text: str) -> str:
    """A short quotation for a reason, safe to print whatever the text holds."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def after_last(text: str, marker: re.Pattern[str]) -> str | None:
    """The rest of the line after the last match of the marker, or the next line with content; None without a match."""
    ends = [match.end() for match in marker.finditer(text)]
    if not ends:
        return None
    lines = text[ends[-1] :].splitlines() or [""]
    return next((line for line in lines if bare(line)), "")


def _inside(text: str, tag: str) -> str | None:
    end = text.rfind(f"</{tag}>")
    start = text.rfind(f"<{tag}>", 0, max(end, 0))
    return text[start + len(tag) + 2 : end] if 0 <= start < end else None
