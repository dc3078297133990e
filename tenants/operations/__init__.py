"""Room: what operates the portal while people work with it.

`release` (every office to the state of the code, and who stays behind) on `replay` (what the missing migrations send,
found out once) with `copy_structure` (the empty tables it is found out on), `standing_views` (views that lean on an
altered column) and `lean_states` (Django's migrations, with no more models rendered than they read); `backup` (out,
and back again).

Door: `release.release`, `backup.dump`, `backup.restore`; for other apps `backup.registry.after_restore`. The operator's
pages are an app: `shared_apps/operations`.
"""
