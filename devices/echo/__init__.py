"""The echo plan: how far neighbouring horns are from each other in time, and how to bring them together."""
