"""How a Vietnamese bulletin is read aloud: text in, words out. Knows no sound, file, database or clock."""
