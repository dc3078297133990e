"""Files from outside (docs/adr/0062): taken apart in a process of their own, kept under a random name, looked at by
the virus scanner before anybody gets them.

`annahme` (is it what it says, and what is kept of it), `child` (the process in which that happens), `virus` (clamd),
`ablage` (random names, nothing left behind), `models.Hochgeladen` (what a row with such a file says of it), `states`,
`grenzen` (how large), `handler` (how much a request may bring).
"""
