"""Plays WeChat: signs and sends messages to a callback, in a terminal and in a browser. Never deployed."""
