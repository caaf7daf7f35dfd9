"""gureum: a private cloud that speaks OpenStack."""

__version__ = "0.1.0"
