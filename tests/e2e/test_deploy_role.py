"""The deploy role has the rights that AWS's own definitions of the deployed resources ask for."""

import json
import subprocess

from harness.emulator import ROOT
from tests.test_deploy_role import ALWAYS, actions
from tests.test_template import expanded

READ = """
import json, pathlib, sys, cfnlint
found = {}
for path in (pathlib.Path(cfnlint.__file__).parent / "data/schemas/resources").glob("*.json"):
    schema = json.loads(path.read_text())
    if schema["typeName"] in sys.argv[1:]:
        handlers = {name: handler["permissions"] for name, handler in schema["handlers"].items()}
        found[schema["typeName"]] = sorted({each for name in handlers if name != "list" for each in handlers[name]})
print(json.dumps(found))
"""
NEEDLESS = {  # what a resource of the type would ask for if it had what ours has not
    "s3:getObject": "an API whose definition is in S3",
    "ec2:": "a function in a VPC",
    "kms:": "a key of one's own for the function, the table or the topic",
    "elasticfilesystem:": "a mounted file system",
    "s3files:": "a mounted file system",
    "s3:": "a table that is imported, logs that are delivered; the function's own code is allowed for",
    "kinesis:": "a table that streams",
    "firehose:": "logs that are delivered",
    "iam:CreateServiceLinkedRole": "a table with replicas",
    "iam:AttachRolePolicy": "managed policies",
    "iam:DetachRolePolicy": "managed policies",
    "iam:PutRolePermissionsBoundary": "a boundary",
    "iam:DeleteRolePermissionsBoundary": "a boundary",
    "lambda:PublishVersion": "versions",
    "lambda:GetLayerVersion": "layers",
    "lambda:GetCodeSigningConfig": "signed code",
    "lambda:PutFunctionCodeSigningConfig": "signed code",
    "lambda:DeleteFunctionCodeSigningConfig": "signed code",
    "lambda:PutRuntimeManagementConfig": "a pinned runtime",
    "lambda:PutFunctionRecursionConfig": "allowed recursion",
    "lambda:PutFunctionScalingConfig": "capacity providers",
    "lambda:PassCapacityProvider": "capacity providers",
    "dynamodb:ImportTable": "a table that is imported",
    "dynamodb:DescribeImport": "a table that is imported",
    "dynamodb:CreateTableReplica": "a table with replicas",
    "dynamodb:AssociateTableReplica": "a table with replicas",
    "dynamodb:Scan": "a table with replicas",
    "dynamodb:Query": "a table with replicas",
    "dynamodb:UpdateItem": "a table with replicas",
    "dynamodb:PutItem": "a table with replicas",
    "dynamodb:GetItem": "a table with replicas",
    "dynamodb:DeleteItem": "a table with replicas",
    "dynamodb:BatchWriteItem": "a table with replicas",
    "dynamodb:UpdateContributorInsights": "insights",
    "dynamodb:UpdateContinuousBackups": "backups",
    "dynamodb:EnableKinesisStreamingDestination": "a table that streams",
    "dynamodb:DisableKinesisStreamingDestination": "a table that streams",
    "dynamodb:UpdateKinesisStreamingDestination": "a table that streams",
    "dynamodb:PutResourcePolicy": "a table with a policy",
    "dynamodb:DeleteResourcePolicy": "a table with a policy",
    "logs:AssociateKmsKey": "a key of one's own",
    "logs:DisassociateKmsKey": "a key of one's own",
    "logs:CreateLogDelivery": "logs that are delivered",
    "logs:PutResourcePolicy": "logs that are delivered",
    "logs:DeleteResourcePolicy": "logs that are delivered",
    "logs:PutDataProtectionPolicy": "masked logs",
    "logs:DeleteDataProtectionPolicy": "masked logs",
    "logs:PutIndexPolicy": "indexed logs",
    "logs:DeleteIndexPolicy": "indexed logs",
    "logs:PutBearerTokenAuthentication": "logs that others send",
    "logs:PutLogGroupDeletionProtection": "protected logs",
    "logs:CreateLogStream": "a table that is imported",
    "logs:DescribeLogStreams": "a table that is imported",
    "logs:PutLogEvents": "a table that is imported",
    "sns:PutDataProtectionPolicy": "masked messages",
    "sns:ListTopics": "finding a topic by its name",
}


def test_the_deploy_role_may_do_what_its_resources_ask_for() -> None:
    """What CloudFormation does to create, read, update and delete ours is allowed, or needless for a reason."""
    kinds = {resource["Type"] for resource in expanded("us-east-1", Deduplication="true").values()}
    command = [ROOT / ".venv-sam" / "bin" / "python", "-c", READ, *kinds]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert set(found) == kinds
    allowed = actions(ALWAYS)
    for kind, asked in found.items():
        lacking = {each for each in asked if each not in allowed and not any(each.startswith(no) for no in NEEDLESS)}
        assert not lacking, kind
