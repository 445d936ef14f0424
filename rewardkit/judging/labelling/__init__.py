"""A local web page on which domain experts label completions by a rubric, or say which of two is better.

items.py      what is labelled: the completions of a file or run, one by one or in pairs
rubric.py     the part of a rubric that the page shows
desk.py       who has done what, and what comes next
agreement.py  how often raters agree, and how much of it is more than chance
judge.py      how the rubric's judge agrees with them, once it was calibrated
access.py     who is let in: this machine, with the token, from this page
application.py, serving.py, *.html.j2, label.css, label.js    the page itself
"""
