"""`python -m api.cli`: the command without its script, for child processes."""

from api.cli.main import main

main()
