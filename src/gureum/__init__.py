"""gureum: a private cloud that speaks OpenStack."""
