"""`gureum lab`: exercises that build something with the stock client, check it from outside, and take it away."""

import click


@click.group()
def lab() -> None:
    """Exercises with the stock client."""
