"""Room: what a table says about itself. Every model of the house declares it, and the rooms above read it.

`base` (an office's table, and the way to a shared row), `data_class` (what kind of data it holds), `people` (who a row
is about), `reads` (which people a request has loaded: the base notes every row), `rights` (who may do what with a
shared one), `definer` (functions and views beside a model), `objects` (functions and triggers as data), `links` (tables
that Django makes between two models).

Door: all of it. Nothing here changes the database.
"""
