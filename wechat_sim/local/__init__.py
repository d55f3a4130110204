"""This project's own callback: run, inspected, and reloaded when its files change."""
