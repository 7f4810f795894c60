"""One order at one speaker: the outbox row, its states, and the signed words that move it."""
