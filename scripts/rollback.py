"""The builds of a stack that passed the doctor, kept beside their code in S3, and the rollback to one of them."""

import json
import re
from typing import Any, Final

from scripts.cloud import Build, Cloud, Stopped

_KEPT: Final = 5
_WAIT: Final = {"Delay": 5, "MaxAttempts": 120}


def keep(cloud: Cloud) -> None:
    """Keep what is deployed now as a good build."""
    now = cloud.build()
    builds = [now, *(build for build in list_good(cloud, now) if build != now)][:_KEPT]
    body = json.dumps([{"template": build.template, "parameters": build.parameters} for build in builds])
    cloud.client("s3").put_object(**_place(cloud, now), Body=body.encode(), ContentType="application/json")


def list_good(cloud: Cloud, now: Build) -> list[Build]:
    """The good builds, newest first; `now` names the bucket of the code."""
    s3 = cloud.client("s3")
    try:
        found = json.loads(s3.get_object(**_place(cloud, now))["Body"].read())
    except s3.exceptions.NoSuchKey:
        return []
    return [Build(each["template"], each["parameters"]) for each in found]


def roll_back(cloud: Cloud) -> None:
    """Deploy the newest good build that differs from what is deployed, code and parameters.

    Raises:
        Stopped: there is no such build.
    """
    now = cloud.build()
    good = next((build for build in list_good(cloud, now) if build != now), None)
    if not good:
        raise Stopped("no other good build is kept: check an earlier version out, and run make deploy")
    stacks, name = cloud.client("cloudformation"), cloud.stack.name
    stacks.update_stack(
        StackName=name,
        TemplateBody=good.template,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in good.parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],  # the second, because SAM's transform is a macro
    )
    stacks.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=_WAIT)


def _place(cloud: Cloud, build: Build) -> dict[str, Any]:
    code = re.search(r"s3://([a-z0-9.-]+)/", build.template)  # where SAM has put it
    if not code:
        raise Stopped(f"{cloud.stack.name} is not deployed by make deploy: its code is not in S3")
    return {"Bucket": code[1], "Key": f"{cloud.stack.name}/good-builds.json"}
