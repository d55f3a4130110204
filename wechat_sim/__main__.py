"""`python -m wechat_sim`."""

from wechat_sim.cli.commands import main

main(prog_name="python -m wechat_sim")
