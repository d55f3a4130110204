"""What ships, under Lambda's own runtime: for measuring, and for the tests of the built artefact."""
