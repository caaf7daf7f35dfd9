"""Long operations on servers, one a file."""
