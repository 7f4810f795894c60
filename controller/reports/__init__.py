"""What was planned and what was heard: counted, and shown as tables."""
