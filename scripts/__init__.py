"""The commands that build, set up and deploy; never deployed themselves."""
