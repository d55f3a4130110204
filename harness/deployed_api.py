"""The API of a deployed stack, on loopback: calls what the API's definition says, which the local AWS leaves out."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from harness.local_aws import client
from harness.servers import serve_app
from wechat_sim.local.asgi import LambdaCallback


class DeployedApi:
    """A stack's HTTP API; read anew for each call, so that it follows changes of the stack."""

    def __init__(self, aws: Mapping[str, str], stack: str) -> None:
        self._aws, self._stack, self.endpoint = aws, stack, aws["AWS_ENDPOINT_URL"]

    def client(self, service: Any) -> Any:
        """A client of the local AWS."""
        return client(self._aws, service)

    def function(self, method: str, path: str = "/wechat") -> str:
        """The name of the function, or the ARN of an alias of it, that a route calls."""
        stacks = self.client("cloudformation")
        template = stacks.get_template(StackName=self._stack, TemplateStage="Processed")["TemplateBody"]
        (api,) = [each for each in template["Resources"].values() if each["Type"] == "AWS::ApiGatewayV2::Api"]
        route = api["Properties"]["Body"]["paths"][path][method.lower()]
        uri = route["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        (called,) = re.findall(r"/functions/\$\{(\w+)(?:\.Arn)?\}/invocations", uri)
        resources = stacks.describe_stack_resources(StackName=self._stack)["StackResources"]
        (name,) = [each["PhysicalResourceId"] for each in resources if each["LogicalResourceId"] == called]
        return str(name)

    def variables(self) -> dict[str, str]:
        """The environment of what both routes call."""
        (called,) = {self.function("GET"), self.function("POST")}
        configuration = self.client("lambda").get_function_configuration(FunctionName=called)
        return dict(configuration["Environment"]["Variables"])

    def call(self, event: dict[str, Any]) -> dict[str, Any]:
        """What the function answers to a proxy event; an AssertionError where it fails."""
        called = self.function(event["requestContext"]["http"]["method"])
        invoked = self.client("lambda").invoke(FunctionName=called, Payload=json.dumps(event))
        payload = invoked["Payload"].read()
        assert "FunctionError" not in invoked, payload
        answer: dict[str, Any] = json.loads(payload)
        return answer


@contextmanager
def serve_api(api: DeployedApi) -> Iterator[str]:
    """Serve it, and give the callback's URL."""
    with serve_app(LambdaCallback(lambda event, context: api.call(event))) as port:
        yield f"http://127.0.0.1:{port}/wechat"
