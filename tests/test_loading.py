from __future__ import annotations

import pytest
from command_line import spawned
from writing import WriteFile

from rewardkit import Item, Scorer
from rewardkit.collecting import collect_grader
from rewardkit.errors import GraderError
from rewardkit.loading import Ref, load_grader, ref_of

UNSTEADY = {  # what differs in each process -> how a message names it
    "SALT = random.random()|return SALT": "'SALT' in g.py has another value in each process",
    "PROCESS = os.getpid()|return PROCESS": "'PROCESS' in g.py",
    "def pick(at=time.time()): return at\n|return pick()": "a default of 'pick' in g.py",
    "class Clock:\n    began = time.time()\n|return Clock.began": "'Clock.began' in g.py",
    "import rules|return rules.STARTED": "'STARTED' in rules.py",
}


@pytest.mark.parametrize("code", UNSTEADY)
def test_a_value_that_is_new_in_each_process_is_named(write: WriteFile, code: str) -> None:
    head, body = code.split("|")
    write("rules.py", "import time\nSTARTED = time.time()\nLIMIT = 3\n")
    write(
        "g.py",
        f"import os, random, time\nfrom rewardkit import reward\nLIMIT = 3\n{head}\n"
        f"@reward\ndef g(completion):\n    LIMIT\n    {body}\n",
    )
    with Scorer(workers=1) as scorer, pytest.raises(GraderError) as raised:
        scorer.score(collect_grader("g.py"), [Item("x", {})])
    assert UNSTEADY[code] in str(raised.value)
    assert "'LIMIT'" not in str(raised.value)
    assert "make it a constant, compute it inside the function, or keep it in a dict" in str(raised.value)


def test_what_the_message_advises_helps(write: WriteFile) -> None:
    write(
        "g.py",
        """
        import random
        from rewardkit import reward
        _state = {"salt": random.random()}
        @reward
        def g(completion): return _state["salt"] < 2
        """,
    )
    with Scorer(workers=1) as scorer:
        assert [score.value for score in scorer.score(collect_grader("g.py"), [Item("x", {})])] == [1.0]


def test_a_file_that_has_changed_is_told_from_a_value_that_is_new_in_each_process(write: WriteFile) -> None:
    write("g.py", "from rewardkit import reward\n@reward\ndef g(completion): return 1.0\n")
    grader = collect_grader("g.py")
    write("g.py", "from rewardkit import reward\n@reward\ndef g(completion): return 0.25\n")
    with Scorer(workers=1) as scorer, pytest.raises(GraderError, match="it has changed since it was loaded"):
        scorer.score(grader, [Item("x", {})])


def test_a_module_that_cannot_be_loaded_again_is_said_to_have_changed(write: WriteFile) -> None:
    write("g.py", "from rewardkit import reward\n@reward\ndef g(completion): return 1.0\n")
    ref = ref_of(collect_grader("g.py"))
    assert ref is not None
    write("g.py", "import os; os._exit(3)\n")
    with pytest.raises(GraderError, match="it has changed since it was loaded"):
        load_grader(Ref(ref.source, ref.attribute, "0" * 16))


@pytest.mark.parametrize("call", ["sys.exit(0)", "raise SystemExit", "exit()"])
@pytest.mark.parametrize("target", ["g.py", "p/g.py"])
def test_a_file_that_ends_the_program_when_imported_is_an_error(
    write: WriteFile, call: str, target: str
) -> None:
    write("p/__init__.py", "")
    write(target, f"import sys\nfrom rewardkit import reward\n{call}\n")
    ran = spawned("test", target)
    assert ran.code == 2
    assert f"{target}:3: importing it failed: SystemExit" in ran.err
