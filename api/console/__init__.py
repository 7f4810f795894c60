"""The pages for people: served by us, without scripts, in Vietnamese and English."""
