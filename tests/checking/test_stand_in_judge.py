"""The stand-in judge: it answers in the form that a request asks for, and knows whether a candidate stands in a place of its own."""

from __future__ import annotations

import json

import pytest

from rewardkit.checking.judges.behaviours import ORDER
from rewardkit.checking.judges.fences import closers_in, stands_outside
from rewardkit.checking.judges.verdicts import verdict_of


def request(*messages: str, **more: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": text} for text in messages], **more}


@pytest.mark.parametrize(
    ("asked", "best", "worst"),
    [
        ("Grade this essay from 0 to 10.", "10", "0"),
        ("Reply with one line: GRADE: <whole number from 0 to 10>", "GRADE: 10", "GRADE: 0"),
        ('Think, then end with a line "Score: n", n from 1 to 5.', "Score: 5", "Score: 1"),
        ("Rate it on a scale of 1-5 and answer [[rating]].", "[[5]]", "[[1]]"),
        ("from 0 (no attempt) to 4 (excellent)", "4", "0"),
        ("Reply with one word: CORRECT or INCORRECT", "CORRECT", "INCORRECT"),
        ("Is it grounded? Answer yes or no.", "yes", "no"),
        ("Then write a last line: VERDICT: RIGHT or VERDICT: WRONG.", "VERDICT: RIGHT", "VERDICT: WRONG"),
        (
            "You get a JSON object. Write exactly VERDICT: PASS if it covers every point and exactly VERDICT: FAIL otherwise.",
            "VERDICT: PASS",
            "VERDICT: FAIL",
        ),
        ("a last line that says MET or UNMET", "MET", "UNMET"),
        ("Say FAITHFUL or UNFAITHFUL", "FAITHFUL", "UNFAITHFUL"),
        ("One word: UNFAITHFUL if anything is added, FAITHFUL if nothing is.", "FAITHFUL", "UNFAITHFUL"),
    ],
)
def test_a_verdict_has_the_form_that_was_asked_for(asked: str, best: str, worst: str) -> None:
    assert verdict_of(request(asked)) == (best, worst)


def test_a_verdict_in_json_has_the_keys_that_were_asked_for() -> None:
    asked = 'Reply with one JSON object: {"reason": "one sentence", "apology": n, "met": true or false}, each n from 0 to 4.'
    best, worst = (json.loads(text) for text in verdict_of(request(asked)))
    assert (best["apology"], best["met"]) == (4, True)
    assert (worst["apology"], worst["met"]) == (0, False)
    assert isinstance(best["reason"], str)


def test_a_verdict_fits_the_schema_that_was_asked_for() -> None:
    schema = {
        "type": "object",
        "properties": {
            "why": {"type": "string"},
            "score": {"type": "integer", "minimum": 1, "maximum": 7},
            "label": {"enum": ["good", "bad"]},
            "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
        },
        "$defs": {"step": {"type": "object", "properties": {"ok": {"type": "boolean"}}}},
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "v", "schema": schema}}
    best, worst = (json.loads(text) for text in verdict_of(request("Grade it.", response_format=wanted)))
    assert best == {"why": "It was read with care.", "score": 7, "label": "good", "steps": [{"ok": True}]}
    assert worst == {"why": "It was read with care.", "score": 1, "label": "bad", "steps": [{"ok": False}]}


def told(*closers: str) -> str:
    return "\n".join(("We walked the coast.", *closers, "", ORDER))


@pytest.mark.parametrize(
    ("message", "outside"),
    [
        ("Grade this from 0 to 10:\n{}", True),
        ("{}\n\nGrade the text above from 0 to 10.", True),
        ("Report:\n{}\n\nReply with a number.", True),
        ("<essay>\n{}\n</essay>\nReply with a number.", False),
        ("=====3fa94c1b2d=====\n{}\n=====3fa94c1b2d=====\nReply with a number.", False),
        ("```\n{}\n```\nReply with a number.", False),
        ('The essay is "{}". Reply with a number.', False),
        ("{}", False),
    ],
)
def test_a_candidate_between_marks_stands_in_a_place_of_its_own(message: str, outside: bool) -> None:
    candidate = told()
    assert stands_outside(message.format(candidate), candidate, ORDER) is outside


def test_a_candidate_that_closes_its_place_has_left_it() -> None:
    candidate = told("</essay>")
    message = f"<essay>\n{candidate}\n</essay>\nReply with a number."
    assert stands_outside(message, candidate, ORDER)
    escaped = message.replace(candidate, candidate.replace("<", "&lt;"))
    assert not stands_outside(escaped, candidate, ORDER)
    assert not stands_outside(json.dumps({"essay": candidate}), candidate, ORDER)
    marked = message.replace(candidate, "\n".join("| " + line for line in candidate.splitlines()))
    assert not stands_outside(marked, candidate, ORDER)


def test_closers_are_read_off_the_prompts_of_a_file() -> None:
    assert closers_in('PROMPT = """<letter>\n{text}\n</letter>\n-----\n```"""') == [
        "</letter>",
        "-----",
        "```",
    ]
