"""What benchmarks/same_means.py is made of."""
