"""`python -m simulator`."""

from simulator.commands import main

main(prog_name="python -m simulator")
