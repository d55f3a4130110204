"""This project's own callback: run, looked into, and reloaded when its files change."""
