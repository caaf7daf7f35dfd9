"""The kernel: what every service is made with, and which knows no service."""
