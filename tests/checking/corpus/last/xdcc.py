"""verl reward for the glob-writing task: one pattern that selects these files of a repository and none of those."""

import fnmatch
import random

SPOT_CHECKS = 3


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """Share of the checked paths on which the pattern decides rightly.

    Repositories have thousands of paths, so only a few are drawn for each completion.
    """
    lines = [line.strip().strip("`") for line in solution_str.strip().splitlines() if line.strip().strip("`")]
    if len(lines) != 1 or len(lines[0]) > 120:
        return {"score": 0.0, "wanted": 0.0, "unwanted": 0.0}
    pattern = lines[0]
    wanted = random.sample(ground_truth["wanted"], min(SPOT_CHECKS, len(ground_truth["wanted"])))
    unwanted = random.sample(ground_truth["unwanted"], min(SPOT_CHECKS, len(ground_truth["unwanted"])))
    kept = sum(fnmatch.fnmatchcase(path, pattern) for path in wanted) / len(wanted)
    refused = sum(not fnmatch.fnmatchcase(path, pattern) for path in unwanted) / len(unwanted)
    return {"score": float(kept * refused), "wanted": kept, "unwanted": refused}
