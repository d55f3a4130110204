"""Finds out why a callback does not work, and says what to change."""
