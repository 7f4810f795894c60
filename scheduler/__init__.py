"""When is something to be said? Knows no audio, no broker and no web."""
