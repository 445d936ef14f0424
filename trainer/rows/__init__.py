"""The rows of a run: files read, split in folds, and given to TRL."""
