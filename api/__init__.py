"""How do people and programs reach Loa? HTTP and the command line."""
