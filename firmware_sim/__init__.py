"""What does the speaker do? The same core drives a simulated and a real speaker."""
