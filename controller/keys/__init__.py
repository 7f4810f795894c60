"""Keys: made, kept in files, replaced by the root, taken up by the controller that runs."""
