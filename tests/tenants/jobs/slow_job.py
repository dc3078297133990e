"""What the killed worker's test and the worker that is killed agree about."""

#: How long the work of one job takes at least, in seconds.
SECONDS_PER_JOB = 0.2
