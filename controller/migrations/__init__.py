"""The schema's history, from the first table on; applied by itself at every start."""
