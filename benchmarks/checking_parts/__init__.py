"""What benchmarks/checking.py is made of."""
