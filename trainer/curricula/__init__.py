"""What GRPO is given beyond its plain passes over the data: prompts by difficulty, groups drawn anew, answers to imitate.

All of it follows from the run's seed and from what was seen, which is `Kept` in the checkpoint: a resumed training goes on as if nothing had happened.
"""
