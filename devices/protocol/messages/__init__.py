"""What is said on the wire: one file per subject, each field with its unit."""
