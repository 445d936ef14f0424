"""What a request asks a judge to reply with, read off its words, and the best and the worst verdict in that form.

    Reply with one line: GRADE: <whole number from 0 to 10>     ->  "GRADE: 10" or "GRADE: 0"
    Reply with one word: CORRECT or INCORRECT                   ->  "CORRECT" or "INCORRECT"
    {"apology": n, "tone": n}, each n from 0 to 4               ->  {"apology": 4, "tone": 4} or {"apology": 0, "tone": 0}

Where nothing is recognised it is a number from 0 to 10.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_RANGE = re.compile(rf"{_NUMBER}\s*(?:\([^()]*\)\s*)?(?:to|-|–|—|and|through|\.\.+|/)\s*{_NUMBER}\b")
_WORDS = (
    "yes|no|true|false|pass|passed|fail|failed|correct|incorrect|right|wrong|met|unmet|good|bad|valid|invalid|accept|accepted|reject|rejected|"
    "safe|unsafe|grounded|ungrounded|supported|unsupported|faithful|unfaithful|relevant|irrelevant|equal|different|same|win|lose|[a-d]"
)
_QUOTE = r"[\"'`*\[<(]{0,4}"
_UNQUOTE = r"[\"'`*\]>)]{0,4}"
_PAIR = re.compile(
    rf"(?P<prefix>\b[A-Za-z]+:\s*)?{_QUOTE}\b(?P<one>{_WORDS})\b{_UNQUOTE}(?:\s*\([^()]*\))?(?:\s*(?:,|/|\|)\s*|\s*,?\s*\bor\b\s*)"
    rf"(?:[A-Za-z]+:\s*)?{_QUOTE}\b(?P<other>{_WORDS})\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?P<label>\b(?:[A-Z][A-Z_ ]*[A-Z]|[A-Z][a-z]+|score|grade|rating|verdict|mark|points)\b\s*[:=]\s*)"
    r"(?=[<\[{]|n\b|N\b|X\b|x\b|\.\.\.|#|_|number\b|\d+\s*(?:-|to)\s*\d+)"
)
_LABELLED = re.compile(rf"(?P<prefix>\b[A-Za-z]+:\s*){_QUOTE}(?P<word>{_WORDS})\b", re.IGNORECASE)
_ASKS_FOR_JSON = re.compile(
    r"\b(?:reply|respond|return|answer|output|write|give|end|provide|produce)\w*\b(?:(?!follow)[^.\n]){0,80}\bjson\b|(?<!follow )(?<!follows )(?<!given )\bas json\b|\bjson:",
    re.IGNORECASE,
)
_LOUD = re.compile(rf"\b(?:{_WORDS.upper().replace('|[A-D]', '')})\b")
_NO_LABEL = ("word:", "words:", "following:", "these:", "either:")
_KEY = re.compile(r"[\"'](\w+)[\"']\s*:\s*([^,}\n]*)")
_LISTED_KEY = re.compile(r"^\s*[-*]\s*[\"'`]?(\w+)[\"'`]?\s*:", re.MULTILINE)
_TALK = re.compile(
    r"reason|explan|comment|rational|thought|analysis|feedback|justif|why|evidence", re.IGNORECASE
)
_BAD = re.compile(
    r"(?:in|un|not|ir)(?=correct|met|valid|safe|grounded|supported|faithful|relevant)|no$|false|fail|wrong|bad|reject|different|lose",
    re.IGNORECASE,
)
_END = 4000  # characters of a long request that are read at either end


class Verdict(NamedTuple):
    """The two ends of the form: the best verdict and the worst."""

    best: str
    worst: str


def verdict_of(request: Mapping[str, Any]) -> Verdict:
    """The form of a verdict that a chat or responses request asks for; numbers from 0 to 10 where its words say nothing."""
    text = _ends(text_of(request))
    schema = _schema(request)
    if schema is not None:
        return Verdict(*(json.dumps(_filled(schema, schema, best)) for best in (True, False)))
    low, high = _range(text)
    if _wants_json(request, text):
        return Verdict(*(json.dumps(_object(text, best, low, high)) for best in (True, False)))
    label = list(_LABEL.finditer(text))
    pair = list(_PAIR.finditer(text))
    if pair and not (label and label[-1].start() > pair[-1].start()):
        return _of_words(pair[-1])
    labelled = {(found["prefix"].strip(), found["word"]) for found in _LABELLED.finditer(text)}
    for prefix in dict.fromkeys(prefix for prefix, _ in labelled):
        words = sorted(
            (word for own, word in labelled if own == prefix), key=lambda word: bool(_BAD.match(word))
        )
        if len(words) == 2 and not _BAD.match(words[0]) and _BAD.match(words[1]):
            return Verdict(f"{prefix} {words[0]}", f"{prefix} {words[1]}")
    loud = list(dict.fromkeys(_LOUD.findall(text)))
    if len(loud) == 2 and bool(_BAD.match(loud[0])) != bool(_BAD.match(loud[1])):
        return Verdict(*sorted(loud, key=lambda word: bool(_BAD.match(word))))
    prefix = label[-1]["label"] if label else ""
    if "[[" in text:
        return Verdict(f"{prefix}[[{high}]]", f"{prefix}[[{low}]]")
    return Verdict(f"{prefix}{high}", f"{prefix}{low}")


def asks_for_a_number(request: Mapping[str, Any]) -> tuple[str, str] | None:
    """The ends of the scale when the verdict is a bare number, else None."""
    verdict = verdict_of(request)
    try:
        float(verdict.best), float(verdict.worst)
    except ValueError:
        return None
    return verdict.worst, verdict.best


def text_of(request: Mapping[str, Any]) -> str:
    """All that a request says, its messages one below the other."""
    return "\n".join(messages_of(request))


def messages_of(request: Mapping[str, Any]) -> list[str]:
    """The texts of its messages, of a chat or a responses request."""
    said = [str(request["instructions"])] if request.get("instructions") else []
    messages = request.get("messages", request.get("input", []))
    if isinstance(messages, str):
        return [*said, messages]
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else None
        parts = content if isinstance(content, list) else [{"text": content or ""}]
        said.append("".join(str(part.get("text", "")) for part in parts if isinstance(part, dict)))
    return said


def _ends(text: str) -> str:
    """What stands before and after a long candidate."""
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"


def _schema(request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    wanted = request.get("response_format") or (request.get("text") or {}).get("format") or {}
    found = (wanted.get("json_schema") or {}).get("schema") or wanted.get("schema")
    return found if isinstance(found, dict) else None


def _wants_json(request: Mapping[str, Any], text: str) -> bool:
    wanted = request.get("response_format") or (request.get("text") or {}).get("format") or {}
    return wanted.get("type") == "json_object" or bool(_ASKS_FOR_JSON.search(text))


def _range(text: str) -> tuple[str, str]:
    for low, high in reversed(_RANGE.findall(text)):
        if float(low) < float(high) <= 1000:
            return low, high
    return "0", "10"


def _of_words(pair: re.Match[str]) -> Verdict:
    words = (pair["one"], pair["other"])
    bad = [bool(_BAD.match(word)) for word in words]
    best, worst = words if bad[0] <= bad[1] else words[::-1]
    prefix = pair["prefix"] or ""
    if prefix.strip().casefold() in _NO_LABEL:
        prefix = ""
    return Verdict(prefix + best, prefix + worst)


def _object(text: str, best: bool, low: str, high: str) -> dict[str, Any]:
    keys = dict(_KEY.findall(text)) or dict.fromkeys(_LISTED_KEY.findall(text), "")
    boolean = bool(
        re.search(
            r"\btrue\b.{0,20}\bfalse\b|\bfalse\b.{0,20}\btrue\b|boolean", text, re.IGNORECASE | re.DOTALL
        )
    )
    return {key: _value(key, hint, best, low, high, boolean) for key, hint in (keys or {"score": ""}).items()}


def _value(key: str, hint: str, best: bool, low: str, high: str, boolean: bool) -> Any:
    own = _RANGE.search(hint)
    if own and float(own[1]) < float(own[2]):
        return _as_number(own[2] if best else own[1])
    words = _PAIR.search(hint)
    if re.search(r"true|false|bool", hint, re.IGNORECASE):
        return best
    if words:
        return _of_words(words).best if best else _of_words(words).worst
    if _TALK.search(key) or re.match(r"\s*[\"']", hint):
        return "It was read with care."
    if not hint.strip() and boolean:
        return best
    return _as_number(high if best else low)


def _as_number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def _filled(schema: Mapping[str, Any], root: Mapping[str, Any], best: bool, name: str = "") -> Any:
    """A value that fits a JSON schema, at its best or worst end."""
    if "$ref" in schema:
        place: Any = root
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            place = place.get(step, {})
        return _filled(place, root, best, name)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        ends = list(_ordered(schema["enum"]))
        return ends[-1] if best else ends[0]
    for several in ("anyOf", "oneOf", "allOf"):
        if schema.get(several):
            return _filled(schema[several][0], root, best, name)
    kind = schema.get("type")
    if kind == "object":
        return {key: _filled(inner, root, best, key) for key, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [_filled(schema.get("items", {}), root, best, name)] * max(1, int(schema.get("minItems", 1)))
    if kind == "boolean":
        return best
    if kind in ("number", "integer"):
        return schema.get("maximum", 10) if best else schema.get("minimum", 0)
    return "It was read with care." if _TALK.search(name) or kind == "string" else None


def _ordered(values: list[Any]) -> Iterator[Any]:
    """The choices from the worst to the best, as far as words and numbers tell."""
    if all(isinstance(value, int | float) for value in values):
        yield from sorted(values)
        return
    yield from (value for value in values if _BAD.match(str(value)))
    yield from (value for value in reversed(values) if not _BAD.match(str(value)))
