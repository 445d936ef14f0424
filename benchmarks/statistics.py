"""How often the intervals of an evaluation hold the truth, and how often a comparison of equals finds a difference.

    python benchmarks/statistics.py [--replications 4000] [--quick] [--json]

See statistics_parts/simulation.py. The last line with --json has `coverage` by design and `null_rejection`.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

# Python puts this folder in front of sys.path for every benchmark, where this file hides the standard library's `statistics`. Behind it, it does not.
HERE = Path(__file__).resolve().parent
sys.path[:] = [*(path for path in sys.path if Path(path).resolve() != HERE), str(HERE)]

if __name__ == "__main__":
    importlib.import_module("statistics_parts.simulation").main()
else:  # another benchmark, or what it imports, asked for the standard library's
    del sys.modules[__name__]
    importlib.import_module(__name__)
