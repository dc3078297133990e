"""`make demo`: a portal with eight offices and an invented world. Not in the production image; nothing imports it."""
