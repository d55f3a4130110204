"""The stack, its region and its parameters, the same for all commands, from samconfig.toml and the environment."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from wechat_core.values import Value

ROOT: Final = Path(__file__).resolve().parent.parent
_COMMANDS: Final = ("global", "build", "deploy")  # sections of samconfig.toml that decide what is built and deployed

type Declared = Mapping[str, Mapping[str, Any]]


class _Template(yaml.SafeLoader):
    """Reads a template without its tags, which its parameters do not use."""


_Template.add_multi_constructor("!", lambda *_: None)


class InvalidStack(Exception):
    """The settings contradict each other or are malformed; the text is one line that says what to change."""


class Stack(Value):
    """A stack as configured; `parameters` has every one of the template's, as text. Without a region none is set."""

    name: str
    region: str
    profile: str
    parameters: Mapping[str, str]

    @property
    def account_name(self) -> str:
        """The name of the SSM parameter with the account, as the template makes it."""
        return self.parameters["AccountParameter"] or f"/{self.name}/account"

    @property
    def overrides(self) -> str:
        """The parameters as the SAM CLI takes them."""
        quoted = {name: value.replace('"', '\\"') for name, value in self.parameters.items()}
        return " ".join(f'{name}="{value}"' for name, value in quoted.items())

    @property
    def place(self) -> list[str]:
        """The SAM CLI's options for region and profile."""
        options = {"--region": self.region, "--profile": self.profile}
        return [word for option, value in options.items() if value for word in (option, value)]


def load_stack(environ: Mapping[str, str]) -> Stack:
    """The stack of this folder's samconfig.toml and template.yaml; raises InvalidStack."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    template = yaml.load((ROOT / "template.yaml").read_text("utf-8"), _Template)  # a safe one
    return read_stack(environ, config, template["Parameters"])


def read_stack(environ: Mapping[str, str], config: Mapping[str, Any], declared: Declared) -> Stack:
    """The stack that the environment's STACK names, or else samconfig.toml, where all other settings are, too.

    A section with the stack's name has precedence over `default`, and the environment's PARAMETERS over both. A
    parameter that is set nowhere has its default, so that leaving it out switches it off.

    Raises:
        InvalidStack: two sections disagree, or a parameter is misspelt, or its value is not allowed.
    """
    settings, inherited = _read_section(config, "default")
    name = environ.get("STACK", "").strip() or str(settings.get("stack_name", ""))
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", name):
        raise InvalidStack("STACK is malformed: letters, digits and hyphens, such as STACK=shop")
    own_settings, own = _read_section(config, name)
    settings |= own_settings
    if name != settings.get("stack_name"):
        inherited.pop("AccountParameter", None)  # an account is one stack's
    chosen = inherited | own | _pairs(environ.get("PARAMETERS", ""), "PARAMETERS")
    region = settings.get("region") or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or ""
    profile = settings.get("profile") or environ.get("AWS_PROFILE") or ""
    return Stack(name, str(region), str(profile), _check_parameters(chosen, declared))


def _read_section(config: Mapping[str, Any], section: str) -> tuple[dict[str, Any], dict[str, str]]:
    """A section's name, region and profile, and the template's parameters that it sets: each for all commands alike."""
    settings: dict[str, Any] = {}
    parameters: dict[str, str] = {}
    for command in _COMMANDS:
        given = config.get(section, {}).get(command, {}).get("parameters", {})
        _add(settings, {key: given[key] for key in ("stack_name", "region", "profile") if key in given})
        overrides = given.get("parameter_overrides", "")
        text = overrides if isinstance(overrides, str) else " ".join(overrides)
        _add(parameters, _pairs(text, "samconfig.toml"), f"in [{section}.{command}.parameters] ")
    return settings, parameters


def _add(found: dict[str, Any], more: Mapping[str, Any], where: str = "") -> None:
    for name, value in more.items():
        if found.setdefault(name, value) != value:
            raise InvalidStack(f"samconfig.toml sets {name} twice, to {found[name]} and {where}to {value}: keep one")


def _pairs(text: str, source: str) -> dict[str, str]:
    """NAME=VALUE NAME="VALUE WITH SPACES" …, as the SAM CLI reads them."""
    form = r'(\w+)=("(?:\\.|[^"\\])*"|[^\s"]*)'
    if not re.fullmatch(rf"\s*(?:{form}(?:\s+|$))*", text):
        raise InvalidStack(f'{source} is malformed: write NAME=VALUE NAME="VALUE WITH SPACES"')
    found = re.findall(form, text)
    return {name: value[1:-1].replace('\\"', '"') if value.startswith('"') else value for name, value in found}


def _check_parameters(chosen: Mapping[str, str], declared: Declared) -> dict[str, str]:
    for name in chosen.keys() - declared.keys():
        near = difflib.get_close_matches(name, declared, n=1)
        raise InvalidStack(f"{name} is no parameter of template.yaml{f': it has {near[0]}' if near else ''}")
    parameters = {name: chosen.get(name, str(about["Default"])) for name, about in declared.items()}
    for name, value in parameters.items():
        if not _is_allowed(value, declared[name]):
            raise InvalidStack(f"{name} is malformed: {_form(declared[name])}")
    return parameters


def _is_allowed(value: str, about: Mapping[str, Any]) -> bool:
    if about["Type"] == "Number":
        in_range = value.isdecimal() and about.get("MinValue", 0) <= int(value) <= about.get("MaxValue", int(value))
        return in_range and int(value) in about.get("AllowedValues", [int(value)])
    return value in about.get("AllowedValues", [value]) and bool(re.fullmatch(about.get("AllowedPattern", ".*"), value))


def _form(about: Mapping[str, Any]) -> str:
    """What a parameter accepts, in words."""
    if "AllowedValues" in about:
        return f"one of {', '.join(map(str, about['AllowedValues']))}"
    if about["Type"] == "Number":
        return f"a whole number, {about.get('MinValue', 0)} or more" + (
            f", up to {about['MaxValue']}" if "MaxValue" in about else ""
        )
    return str(about.get("ConstraintDescription", about["AllowedPattern"]))
