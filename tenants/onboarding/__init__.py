"""Room: a municipality becomes an office of the portal, all or nothing (README.md beside this file).

`services` (the one transaction), `steps` (its steps), `migrate` (tables of an empty schema), `registry` (what other
apps add), `reference` (files with reference data), `selectors` (technical state of every office).

Door: `registry` for any app's `onboarding.py`, `reference` for its files, `services.submit_onboarding` for the pages.
"""
