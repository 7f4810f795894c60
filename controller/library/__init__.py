"""Bulletins and the audio files that they became."""
