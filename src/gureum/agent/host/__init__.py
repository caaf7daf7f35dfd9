"""What a real host needs below the drivers: its daemons, bridges, and a closed box to try them in."""
