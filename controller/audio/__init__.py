"""Sound files in, one clean Opus clip out; knows no database, broker or web."""
