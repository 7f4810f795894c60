"""A mobile link: the delays, cuts and throughput of 4G as a public model, read from a file."""
