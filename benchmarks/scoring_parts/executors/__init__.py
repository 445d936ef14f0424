"""Executors, one file each, all with the same function.

`executor(workers)` is a context manager that gives `run(work, rows, amount) -> list of results, in order`, where `work` names a function
of `scoring_parts.work` (for ours: a grader of that name).
"""
