"""TRL reward: the departure date of a booking, asked for as DD/MM/YYYY."""

from datetime import date, datetime

FORMATS = ("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y")


def readings(text: str) -> list[date]:
    """The dates that a text can stand for, whatever the style it is written in."""
    found = []
    for style in FORMATS:
        try:
            found.append(datetime.strptime(text, style).date())
        except ValueError:
            continue
    return found


def departure_reward(completions, departure, **kwargs) -> list[float]:
    """1.0 for the date of the booking (`departure`, ISO), 0.0 otherwise."""
    rewards = []
    for completion, truth in zip(completions, departure):
        lines = [line.strip() for line in completion.splitlines() if line.strip()]
        answer = lines[-1].removeprefix("Date:").strip(" .*") if lines else ""
        rewards.append(1.0 if date.fromisoformat(truth) in readings(answer) else 0.0)
    return rewards
