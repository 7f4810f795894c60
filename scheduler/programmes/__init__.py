"""What an area says again and again: its content, its targets and its days."""
