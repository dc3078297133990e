"""Reference files of the catalogue, each with its source."""
