"""Room: the connection to PostgreSQL. The lowest one: it knows neither models nor Django's apps.

`base` is the database backend (`ENGINE = "tenants.db"`): django-tenants' wrapper with a fence, one transaction under
one role and one search path. `roles` has the names of all roles, `locks` the numbers of all advisory locks, `patience`
says how long somebody waits for a lock, `values` reads a single one.

Door: `roles`, `locks`, `patience` and `values`; the backend is reached through `tenants.context` only.
"""
