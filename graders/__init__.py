"""Graders that come with rewardkit. Each file says what it rewards, how it can be gamed, what is known to be wrong, and gives an example.

    label         one of a closed set of labels                 label.py
    number        the final number                              numeric.py
    exact_text    the same text                                 text.py
    choice        the letter of a multiple-choice question      choice.py
    json_fields   the fields of a JSON object                   json_answer.py
    format_tags   required tags, in order                       format_tags.py
    row_rubric    criteria that each row brings along           row_rubric.py
    text_to_sql   what a SQL query returns                      sql/

Each of the first six is ready to use under its name (`rewardkit grade answers.csv --grader number`), has a factory with settings
(`from rewardkit.graders.numeric import number_grader`), and takes the same settings in TOML (`use = "number"`); so does `row_rubric`, which asks a judge.
`answers.py`, `settings.py`, `fields.py` and `json_reading.py` are what they share. Importing this package loads none of them.
"""
