"""The demo world: everything invented, the same at every start, large enough to be true. It fills all apps.

Through the services a user has, under her rights (`werkzeug.acting_as_people`):

- `listen`: the whole market. Each office reads in its list of providers, facilities, licences, offers, places and
  rates, with two signatures; what was years ago (the worked example of 2017) a list may say.
- `seiten`: what people enter one by one today. A provider joins, another one waits; a rate waits; an exception of the
  authority, blocked places, a stop, a report, languages, named places; somebody on call for two offices.
- `akten`: pictures of all houses, papers of the houses that are shown first.
- the second factor (`mfa.create_totp`), the figures (`publish_monate`), every amount (`placements.rules`); a note of a
  choice is sealed by the database, with the moment at which it is copied.

Past them, with the reason:

- `faelle`, `abrechnung`: a service acts at this moment and refuses the past, and the world has a past of 26 months.
  Even with a clock that runs backwards, its 4,500 reservations and 29,500 invoices are some 200,000 acts, which take
  more than an hour at the 25 ms of the shortest one; copied they take one minute.
- `vergangenes`: who confirmed vacancies in the last months, for the same reason; accounts, which no screen takes in
  yet.
- `leute`: a role begins today at the earliest and is given by two people and a mail; the demo's begin in 2017.
- `akten`, papers of all other houses: setting 1,500 PDFs and looking at each takes eight minutes; their rows are
  copied, the page is set when somebody opens it.

What the services would have refused, the database refuses here too (constraints, exclusion, triggers), and
tests/deploy/demo asks the finished world: there the services go on with what was copied.
"""
