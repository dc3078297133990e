"""What import-linter cannot see: names, data classes, foreign keys, templates, the one door."""
