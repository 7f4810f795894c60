"""One file for each make of speaker."""
