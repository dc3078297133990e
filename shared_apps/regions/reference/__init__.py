"""Reference files of the regions, each with its source."""
