"""The parts of benchmarks/study.py: tasks, bases, the grid, one training, its record, and what the record shows."""
