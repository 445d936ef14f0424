"""What a grader says about right answers is shown to its author."""

from command_line import rewardkit
from writing import WriteFile

SOURCE = """
    from rewardkit import case, partial_credit

    @case("7", reference="7", expect=1)
    @case("8", reference="7", expect=0)
    @case("9", reference="9", expect=1)
    @partial_credit({"exact": 1.0}, isolation="inline")
    def same(completion, reference):
        right = completion.strip() == reference
        yield "exact", right, f"note: held against {reference}" if right else "another number"
"""


def test_the_report_shows_the_notes_of_right_answers_with_their_place(write: WriteFile) -> None:
    write("g.py", SOURCE)
    ran = rewardkit("test", "g.py")
    assert "  g.py:4  held against 7\n" in ran.out
    assert "  g.py:6  held against 9\n" in ran.out
    assert "another number" not in ran.out


def test_the_json_holds_them_too(write: WriteFile) -> None:
    write("g.py", SOURCE)
    (grader,) = rewardkit("test", "g.py", "--json").json()["graders"]
    assert [note["text"] for note in grader["notes"]] == ["held against 7", "held against 9"]


def test_a_reason_without_the_mark_is_no_note(write: WriteFile) -> None:
    write("g.py", SOURCE.replace("note: held", "held"))
    assert "held against" not in rewardkit("test", "g.py").out


COMBINED = (
    SOURCE.replace("import case,", "import case, gated, weighted, reward,")
    + """
    @reward(reference_free=True, isolation="inline")
    def brief(completion):
        return len(completion) < 99

    tried = case("7", reference="7", expect=1)(gated(brief, same))
    twice = case("9", reference="9", expect=1)(weighted((brief, 1), (tried, 3)))
"""
)


def test_a_combination_shows_what_its_parts_say_of_a_right_answer(write: WriteFile) -> None:
    write("g.py", COMBINED)
    graders = rewardkit("test", "g.py", "--json").json()["graders"]
    notes = {grader["name"]: [note["text"] for note in grader["notes"]] for grader in graders}
    assert notes["tried"] == ["held against 7"]
    assert notes["twice"] == ["held against 9"]
    assert notes["brief"] == []
