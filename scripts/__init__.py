"""What builds and sets up; never deployed."""
