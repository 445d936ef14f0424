"""Labelled pairs of SQL queries: does another query answer as the gold query does?

A measure of graders, so nothing here imports one. A pair is a gold query and another: a mutant of it, a rewrite of it, the gold of
another question, or another accepted gold of the same question. Both run on fifty instances of their database, the shipped one and
generated ones that keep its keys; the pair is "equal" when all agree. What the instances leave doubtful was read by a person.

    python -m benchmarks.sql_pairs FOLDER --out .bench/sql_pairs/pairs.jsonl [--every N]
"""
