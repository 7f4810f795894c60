"""What needs a second person: asked for, decided, and carried out exactly as it was asked."""
