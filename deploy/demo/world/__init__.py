"""The demo world: everything invented, the same at every start, large enough to be true. It fills all apps.

Through the services: the second factor (`mfa.create_totp`), the figures (`publish_monate`), the seal of a note
(`compute_pruefsumme`), every amount (`placements.rules`). Past them, with the reason:

- `faelle`, `abrechnung`: a service acts at this moment and refuses the past, and the world has a past of 26 months.
  Even with a clock that runs backwards, its 4,500 reservations and 29,500 invoices are some 200,000 acts, which take
  more than an hour at the 25 ms of the shortest one; copied they take one minute.
- `leute`: a role begins today at the earliest and is given by two people and a mail; the demo's begin in 2017.
- `markt`, `akten`: no service takes in a provider, an offer or a document yet.

What the services would have refused, the database refuses here too (constraints, exclusion, triggers), and
tests/deploy/demo/test_demo_world.py asks the finished world: there the services go on with what was copied.
"""
