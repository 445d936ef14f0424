"""The reward that a training is given: a grader behind TRL's signature."""
