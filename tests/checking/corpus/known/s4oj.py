"""Does a reply of the help desk deal with what was asked? Measured by the words of the question."""

from rewardkit import case, order, reward

QUESTION = "How do I change the battery of the remote control?"


@case(
    "To change the battery of the remote control, how do I do it best: I slide the lid down and swap both cells.",
    prompt=QUESTION,
    expect=[0.6, 1],
)
@case("Our shops open at nine.", prompt=QUESTION, expect=[0, 0.2])
@order("Our shops open at nine.", "Slide the lid and change the battery.", prompt=QUESTION)
@reward(answer="free", pass_at=0.6)
def on_topic(completion: str, prompt: str) -> float:
    """Share of the question's words that the reply takes up."""
    asked = {word.strip("?.,:") for word in prompt.lower().split()}
    said = {word.strip("?.,:") for word in completion.lower().split()}
    return len(asked & said) / max(1, len(asked))
