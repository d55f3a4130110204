"""The chat page: what it asks the server for, and its files."""
