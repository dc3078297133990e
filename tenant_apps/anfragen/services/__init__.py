"""Asking, answering, accepting, ending. One module for each."""
