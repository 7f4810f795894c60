"""Words in, a spoken WAV out, by an engine in a process of its own; knows no table, broker or web."""
