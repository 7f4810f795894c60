"""Units change: they get names, come to lie elsewhere, become one. Seen first, then done in one step, on record."""
