"""Reference files of the comparison, each with its source."""
