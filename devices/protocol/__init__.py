"""The wire between controller and speaker, as docs/protocol.md states it; knows no database or broker."""
