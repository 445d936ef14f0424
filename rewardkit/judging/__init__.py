"""Rubrics applied by a judge model: criteria, judges, verdicts, calibration against people's labels, and a page to label on."""
