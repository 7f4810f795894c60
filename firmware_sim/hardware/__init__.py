"""The box on the pole: power, heat, amplifier, horn, microphone, flash and clock chip, each with its faults."""
