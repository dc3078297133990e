"""Room: what was changed, by whom, and proof that nobody has altered the list (docs/adr/0020, 0036).

`triggers` (a row for each changed row, whatever changed it), `chain` (seals over the rows, made in the database and
checked in Python), `support` (break-glass: the one way on which operations see anything of an office, written into that
office's trail), `parts` (which table is which), `models` (columns that the trail of an office and the journal of the
shared tables have in common).

Door: `chain` for the checks of `audit` and `journal`, `models` for their tables. Triggers and functions are made by the
fence.
"""
