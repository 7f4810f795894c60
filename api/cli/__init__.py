"""The `loa` command."""
