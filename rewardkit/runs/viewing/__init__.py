"""The page of `rewardkit view`: runs of a folder, their figures, their completions, and two of them beside each other.

    cli/view.py -> serving -> access (who may ask) -> application (addresses) -> overview, run_page, browse, group, diff, texts
                                                                              -> store (DuckDB) -> following (files that grow)

Nothing here writes into a run. What a page says of many results is asked of DuckDB, whose tables stand in a temporary folder; texts
come from there a page at a time, cut.
"""
