"""Room: roles, grants, row-level security, triggers, functions, checks, views, as the models declare them (ADR 0033).

`bootstrap` (roles: of the cluster once, of an office with its schema), `functions` (which functions and triggers there
are, and who may call them), `checks` (that every day a table keeps can be read), `portal` (a provider's views),
`grants` (applies all of it, after each migration), `scan` (what the catalogue grants beyond it: must be nothing).
`ensure` compares an object with the catalogue and sends only what differs; `migrated` lists what migrations made, and
`structure` asks each night whether all of it is still as the program made it.

Door: `bootstrap.bootstrap`, `grants.apply_shared_fence` and `apply_tenant_fence`, `checks.validate`,
`scan.scan_privileges`, `structure.check_structure`; for an app's `portal.py` `portal.PortalView`.
"""
