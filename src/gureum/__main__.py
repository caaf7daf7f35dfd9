"""`python -m gureum` is the command."""

from gureum.cli.main import main

main()
