"""The chat page: its routes and its files."""
