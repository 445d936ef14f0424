"""What benchmarks/training.py measures with: the project that is trained, one training in a process of its own, lines through its steps."""
