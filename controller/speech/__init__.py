"""Text becomes speech: a WAV file made by an engine in a process of its own. Knows no reading rules, no loudness."""
