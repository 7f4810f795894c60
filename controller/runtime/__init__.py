"""The composition root: the one place that knows the real clock, chance, threads and settings."""
