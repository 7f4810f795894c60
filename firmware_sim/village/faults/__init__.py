"""Fault programmes: each draws from a seed what will go wrong, and does nothing itself."""
