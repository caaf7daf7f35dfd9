"""What the command prints: coloured on a terminal, plain elsewhere, lines never broken."""

from rich.console import Console


class Screen(Console):
    """A console that leaves lines as they are."""

    def say(self, text: str) -> None:
        """Print one line."""
        self.print(text, soft_wrap=True)


screen = Screen(highlight=False)
