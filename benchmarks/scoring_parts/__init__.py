"""What `benchmarks/scoring.py` measures: layers (one file each), executors (one file each), and the child processes they run in."""
