"""A finding of the last run can be run again by its id."""

from __future__ import annotations

from pathlib import Path

from command_line import rewardkit
from writing import WriteFile

SOURCE = """
    import random
    from rewardkit import case, reward

    @case("7", reference="7", expect=1)
    @case("8", reference="8", expect=1)
    @reward(isolation="inline"{})
    def g(completion, reference):
        return {}
"""


def findings(ran_json: object) -> dict[str, str]:
    (grader,) = ran_json["graders"]  # type: ignore[index]
    return {finding["id"]: finding["replay"] for finding in grader["findings"]}


def test_a_replay_shows_the_whole_finding_and_that_it_is_still_so(write: WriteFile) -> None:
    write("g.py", SOURCE.format("", "len(completion) < 3"))
    replay = findings(rewardkit("test", "g.py", "--fast", "--json").json())["RK102"]
    ran = rewardkit("test", "--replay", replay)
    assert ran.code == 1
    assert "completion  '8'" in ran.out
    assert ran.out.endswith("still so: the expectation is broken\n")


def test_a_contract_finding_and_an_unsteady_one_replay_too(write: WriteFile) -> None:
    write("h.py", SOURCE.format("", "random.random() < 0.5 if len(completion) < 9 else 2.0"))
    found = findings(rewardkit("test", "h.py", "--fast", "--json").json())
    for check in ("RK003", "RK005"):
        replayed = rewardkit("test", "--replay", found[check], "--json").json()
        assert (replayed["id"], replayed["still_broken"]) == (check, True)


def test_a_finding_on_a_data_row_replays_with_the_same_data(write: WriteFile) -> None:
    write("i.py", SOURCE.format("", "completion != reference or completion == reference"))
    write("d.jsonl", '{"id": "a", "q": "?", "reference": "3", "gold": "3", "wrong": "5"}\n')
    found = findings(
        rewardkit("test", "i.py", "--fast", "--data", "d.jsonl", "--column", "prompt=q", "--json").json()
    )
    assert rewardkit("test", "--replay", found["RK106"], "--json").json()["row"] == "a"


def test_an_unknown_id_names_those_there_are(write: WriteFile) -> None:
    write("j.py", SOURCE.format("", "len(completion) < 3"))
    replay = findings(rewardkit("test", "j.py", "--fast", "--json").json())["RK102"]
    ran = rewardkit("test", "--replay", "nothere")
    assert ran.code == 2
    assert replay in ran.err


def test_a_finding_whose_case_is_gone_says_so(write: WriteFile) -> None:
    write("k.py", SOURCE.format("", "len(completion) < 3"))
    replay = findings(rewardkit("test", "k.py", "--fast", "--data", str(data(write, "8")), "--json").json())[
        "RK102"
    ]
    data(write, "9")
    stored = Path(".rewardkit/findings.json")
    stored.write_text(stored.read_text().replace(replay, "00000000"))
    ran = rewardkit("test", "--replay", "00000000")
    assert ran.code == 2
    assert "no longer there" in ran.err


def data(write: WriteFile, reference: str) -> Path:
    return write("d.jsonl", f'{{"prompt": "q", "reference": "{reference}"}}\n')


def test_a_replay_without_a_run_before_says_what_to_do(write: WriteFile) -> None:
    write("unused", "")
    ran = rewardkit("test", "--replay", "12345678")
    assert ran.code == 2
    assert "run `rewardkit test` first" in ran.err
