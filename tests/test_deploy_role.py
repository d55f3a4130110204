"""The role that GitHub deploys with: who may take it, and what it may do."""

import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.test_template import NO_VALUE, listed

ROOT = Path(__file__).parent.parent
ROLE = yaml_parse((ROOT / "deploy-role.yaml").read_text("utf-8"))["Resources"]["DeployRole"]["Properties"]
STATEMENTS = [statement for policy in ROLE["Policies"] for statement in policy["PolicyDocument"]["Statement"]]
ALWAYS = [statement for statement in STATEMENTS if "Fn::If" not in statement]

CLOUDFORMATION = "arn:${AWS::Partition}:cloudformation:${AWS::Region}"
WIDE = {  # what ARNs cannot be narrowed by the stack's name, with the reason
    f"{CLOUDFORMATION}:aws:transform/Serverless-2016-10-31": "the transform of SAM",
    f"{CLOUDFORMATION}:${{AWS::AccountId}}:stack/aws-sam-cli-managed-default/*": "the stack of SAM's bucket",
    "arn:${AWS::Partition}:s3:::aws-sam-cli-managed-default-*": "SAM's bucket",
    "arn:${AWS::Partition}:s3:::aws-sam-cli-managed-default-*/*": "what is in it",
    "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis": "an API is known by a number",
    "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis/*": "an API is known by a number",
    "arn:${AWS::Partition}:apigateway:${AWS::Region}::/tags/*": "an API is known by a number",
    "arn:${AWS::Partition}:cloudwatch::${AWS::AccountId}:dashboard/*": "its generated name is documented nowhere",
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*": "two actions that only list",
}


def actions(statements: list[dict[str, Any]]) -> set[str]:
    """What statements allow."""
    return {action for statement in statements for action in listed(statement["Action"])}


def resources(statement: dict[str, Any]) -> list[str]:
    """The ARNs that a statement is about."""
    return [resource["Fn::Sub"] for resource in listed(statement["Resource"])]


def test_one_environment_of_one_repository_is_trusted() -> None:
    """GitHub vouches for exactly the named repository and environment, for AWS's audience; no star lets others in."""
    (statement,) = ROLE["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {
        "Federated": {"Fn::If": ["MakesProvider", {"Ref": "GitHub"}, {"Ref": "Provider"}]}
    }
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": {"Fn::Sub": "repo:${Repository}:environment:${Environment}"},
        }
    }


def test_no_right_is_without_a_bound() -> None:
    """Actions are named one by one, and each resource by the stack's name or for a reason."""
    assert not [action for action in actions(ALWAYS) if "*" in action]
    wide = {arn for statement in ALWAYS for arn in resources(statement) if "${Stack}" not in arn}
    assert wide == set(WIDE)
    listing = [statement for statement in ALWAYS if any(arn.endswith(":log-group:*") for arn in resources(statement))]
    assert actions(listing) == {"logs:DescribeLogGroups", "logs:DescribeResourcePolicies"}


def test_a_role_is_passed_to_lambda_alone() -> None:
    """What is deployed gets its own role, and no other service gets it."""
    (statement,) = [statement for statement in ALWAYS if "iam:PassRole" in listed(statement["Action"])]
    assert listed(statement["Action"]) == ["iam:PassRole"]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def test_the_account_is_read_and_written_only_if_chosen() -> None:
    """The doctor reads the account; only a rehearsal writes one."""
    ssm = [statement for statement in ALWAYS if any("ssm:" in action for action in listed(statement["Action"]))]
    assert actions(ssm) == {"ssm:GetParameter"}
    (chosen,) = [statement["Fn::If"] for statement in STATEMENTS if "Fn::If" in statement]
    assert (chosen[0], chosen[2]) == ("WritesAccount", NO_VALUE)
    assert actions([chosen[1]]) == {"ssm:PutParameter", "ssm:DeleteParameter"}
    assert all(arn.endswith(":parameter/${Stack}/account") for each in (*ssm, chosen[1]) for arn in resources(each))


@pytest.mark.parametrize("page", ["operations.md", "operations.zh-CN.md"])
def test_the_documented_command_makes_it(page: str) -> None:
    """The command of the document names this template and its parameters."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    (command,) = re.findall(
        r"aws cloudformation deploy --template-file deploy-role\.yaml.*?(?:```|\n\n)", text, re.DOTALL
    )
    declared = yaml_parse((ROOT / "deploy-role.yaml").read_text("utf-8"))["Parameters"]
    assert set(re.findall(r"(\w+)=", command)) <= set(declared)
    assert {name for name, about in declared.items() if "Default" not in about} <= set(re.findall(r"(\w+)=", command))
