"""Whether an answer's results are the gold's results, how alike they are, and the words for what is wrong.

rules -> cells -> clusters -> columns            when two cells, and two columns, are the same
equality                                         what is expected: bags, or groups of rows in order
pairing, row_matching -> comparison              one expected result beside one answer
mapping_search -> mappings -> verdicts           `judge`: all instances, under one mapping of columns
similarity                                       `table_f1`: partial credit
leftovers, wording -> row_findings, column_findings -> explaining        why a result is wrong
unbound                                          why a query does not run
"""
