"""Tables as offices open them: CSV and XLSX. Knows nothing of what they say."""
