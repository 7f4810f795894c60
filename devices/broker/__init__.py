"""Which broker carries our messages, and who keeps it running?"""
