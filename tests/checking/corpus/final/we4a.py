"""Shell: one command line, compared with those that the author accepts."""

import re
import shlex

from rewardkit import case, probe, reward

SWITCHES = {
    "ls": "lahRtrS1",
    "rm": "rfv",
    "cp": "rpv",
    "mkdir": "pv",
    "mv": "nv",
    "wc": "lwc",
    "grep": "rinvlcwEFHhoq",
    "sort": "rnu",
    "uniq": "c",
    "du": "sh",
}
OPERATORS = re.compile(r"[|&;<>()]+")


def word(token: str) -> str:
    """One way to write a word: quotes matter only around what the shell would expand."""
    body = re.fullmatch(r"'([^']*)'|\"([^\"]*)\"", token)
    if body is None:
        return token if re.search(r"[^\w./:=,@%+-]", token) else f"'{token}'"
    if body[2] is not None and re.search(r"[$`\\!]", body[2]):
        return token
    return f"'{body[1] or body[2] or ''}'"


def simple(tokens: list[str]) -> list[str]:
    """A command with its switches split up and sorted; untouched if it has an option that is not a plain switch."""
    name, rest = tokens[0], tokens[1:]
    known = SWITCHES.get(name, "")
    options = [token for token in rest if token.startswith("-")]
    if any(len(option) < 2 or set(option[1:]) - set(known) for option in options):
        return [word(token) for token in tokens]
    switches = sorted({letter for option in options for letter in option[1:]})
    return [
        word(name),
        *(f"-{letter}" for letter in switches),
        *(word(token) for token in rest if token not in options),
    ]


def canonical(line: str) -> list[list[str]] | None:
    lexer = shlex.shlex(line, posix=False, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        tokens = list(lexer)
    except ValueError:
        return None
    parts: list[list[str]] = [[]]
    for token in tokens:
        if OPERATORS.fullmatch(token):
            parts += [[token], []]
        else:
            parts[-1].append(token)
    return [simple(part) if part and not OPERATORS.fullmatch(part[0]) else part for part in parts]


@case("ls -la /srv", reference=["ls -l -a /srv"], expect=1)
@case("`ls /srv -al`", reference=["ls -l -a /srv"], expect=1)
@case("cp 'a.txt' b.txt", reference=["cp a.txt b.txt"], expect=1)
@case("cp b.txt a.txt", reference=["cp a.txt b.txt"], expect=0)
@case("rm '*.log'", reference=["rm *.log"], expect=0)
@case("", reference=["ls -l"], expect=0)
@probe("ls -l /srv; ls -a /srv", reference=["ls -l -a /srv"])
@reward(answer="code")
def command_line(completion: str, reference: list) -> bool:
    """The command is one of the accepted ones; the order and bundling of switches do not matter, that of operands does."""
    text = completion.strip()
    fenced = re.fullmatch(r"```(?:sh|bash|shell)?\n(.*)\n```", text, re.DOTALL)
    text = (fenced[1] if fenced else text.strip("`")).strip().removeprefix("$ ")
    if not text or "\n" in text or len(text) > 500:
        return False
    return canonical(text) in [canonical(line) for line in reference]
