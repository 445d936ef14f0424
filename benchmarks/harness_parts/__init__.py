"""The parts of benchmarks/harness.py."""
