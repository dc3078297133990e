"""Room: what a table says about itself. Every model of the house declares it, and the rooms above read it.

`base` (an office's table, and the way to a shared row), `data_class` (what kind of data it holds), `rights` (who may do
what with a shared one), `definer` (what an office may have done with the owner's rights), `objects` (functions and
triggers), `reads` (which people a request has loaded: the base notes every row).

Door: all of it. Nothing here changes the database.
"""
