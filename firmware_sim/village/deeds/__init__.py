"""What each word of a history does to the village. Any part of a history can be run: what it names may be missing."""
