"""Which speaker is silent, since when, and what has been seen of it."""
