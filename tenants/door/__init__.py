"""Room: the way of a request, a job or a command to its office. The door itself is `tenants.context`.

`middleware` (from host to office, and the fence around each view), `offices` (a round through the offices), `cache`
(keys that carry the office), `lag` and `readiness` (may this program serve that office?), `checks` (settings that would
take the door off its hinges).

Door: `middleware.runs_without_fence`, `runs_without_transaction`, `runs_on_shared_tables` and `counts_first` for views;
`offices.run_in_offices` and `visit` for jobs and commands.
"""
