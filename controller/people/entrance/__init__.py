"""How people come in, and how they go: passwords, second factors, sessions, one-time links, and patience."""
