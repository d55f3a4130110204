"""Builds, deploys, rolls back and deletes: `make build`, `deploy`, `rollback` and `delete`.

A deploy begins with the account, without which the function could not start. It ends with the doctor, who examines the
deployed URL as WeChat will, with the same account.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from scripts.cloud import Cloud, Stopped, exit_in_a_line
from scripts.rollback import keep, roll_back
from scripts.shipping import find_own
from scripts.stack import ROOT, Stack, load_stack

_SAM: Final = ROOT / ".venv-sam" / "bin" / "sam"
_MOMENT: Final = 10  # seconds that a new API or role may need before everything of AWS knows it

type Examine = Callable[[str, str], bool]
"""Whether the callback at a URL works for an account, the JSON of one; says why not."""
type Ask = Callable[[str], str]


def build(stack: Stack) -> None:
    """Build for the configured architecture; print which of the user's files ship, since the SAM CLI does not."""
    _sam("build", *stack.place, "--parameter-overrides", stack.overrides)
    print("ships:", *(path.name for path in find_own(ROOT)))


def deploy(cloud: Cloud, examine: Examine, url: str = "") -> None:
    """Build, deploy, and examine what is deployed; raises Stopped where it does not work."""
    print(cloud.where)
    cloud.account()
    build(cloud.stack)
    place = ["--stack-name", cloud.stack.name, *cloud.stack.place]
    _sam("deploy", *place, "--parameter-overrides", cloud.stack.overrides)
    conclude(cloud, examine, url)


def bring_back(cloud: Cloud, examine: Examine, url: str = "") -> None:
    """Bring the last good build back, and examine it; raises Stopped where it does not work, or there is none."""
    print(cloud.where)
    roll_back(cloud)
    print("The last good build is back, with its parameters. Your files are as they were: make deploy deploys them.")
    conclude(cloud, examine, url)


def conclude(cloud: Cloud, examine: Examine, url: str) -> None:
    """Examine what is deployed, keep it where it works, and print the URL for the WeChat console."""
    account, is_fresh = cloud.account()
    callback = cloud.outputs()["CallbackUrl"]
    print(f"\nexamining {url or callback}")
    works = examine(url or callback, account)
    print(f"\nCallbackUrl {callback}")
    if works:
        return keep(cloud)
    fresh = "; the account was changed just now, a function reads it within five minutes" if is_fresh else ""
    raise Stopped(f"deployed, but it does not work{fresh}. make rollback brings the last good build back")


def delete(cloud: Cloud, ask: Ask) -> None:
    """Delete the stack, when its name is typed; raises Stopped where it is not."""
    name, account = cloud.stack.name, cloud.stack.account_name
    print(f"{cloud.where}: the function, its URL, its logs, alarms and table will be gone")
    if ask(f"Type the stack's name to delete it ({name}): ").strip() != name:
        raise Stopped("nothing is deleted")
    stacks = cloud.client("cloudformation")
    stacks.delete_stack(StackName=name)
    stacks.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 5, "MaxAttempts": 120})
    print(f"{name} is deleted. Left are the account and, in S3, what SAM uploaded. To delete the account, too:")
    print(f"aws ssm delete-parameter --region {cloud.region} --name {account}")


def ask_the_doctor(url: str, account: str) -> bool:
    """Examine a URL, a second time where it does not work at once; the account goes by the environment, as a secret."""
    command = [sys.executable, "-m", "wechat_sim", "doctor", url]
    environ = os.environ | {"WECHAT_ACCOUNT": account}
    if subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode == 0:
        return True
    print(f"\nonce more, in {_MOMENT} seconds: AWS may not know yet what was made just now")
    time.sleep(_MOMENT)
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode == 0


def _sam(*command: str) -> None:
    if subprocess.run([_SAM, *command], cwd=ROOT, check=False).returncode:
        raise Stopped(f"sam {command[0]} has failed: see above")


def main(command: str, environ: Mapping[str, str]) -> None:
    """Run one of the commands."""
    stack, url = load_stack(environ), environ.get("URL", "")
    match command:
        case "build":
            build(stack)
        case "deploy":
            deploy(Cloud(stack), ask_the_doctor, url)
        case "rollback":
            bring_back(Cloud(stack), ask_the_doctor, url)
        case "delete":
            delete(Cloud(stack), input)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # in its order with what sam and the doctor say
    with exit_in_a_line():
        main(sys.argv[1], os.environ)
