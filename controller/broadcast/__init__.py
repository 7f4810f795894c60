"""A bulletin on its way to its speakers, and what became of it at each one."""
