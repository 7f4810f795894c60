"""Rules of the air as the office keeps them: read for a plan, changed with a line for each change."""
