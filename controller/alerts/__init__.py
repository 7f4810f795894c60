"""Emergency texts: they come first and need no human hand."""
