"""Forms of cases: who it is about, and what is done with a case."""
