"""How a speaker joins, proves itself, is replaced, and goes."""
