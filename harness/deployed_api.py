"""The API of a deployed stack, on loopback: calls what the API's definition says, which the local AWS leaves out."""

import base64
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3

from wechat_sim.local.proxy_events import HttpRequest, http_api_event


class DeployedApi:
    """A stack's HTTP API; read anew for each call, so that it follows changes of the stack."""

    def __init__(self, aws: Mapping[str, str], stack: str) -> None:
        self._aws, self._stack, self.endpoint = aws, stack, aws["AWS_ENDPOINT_URL"]

    def client(self, service: Any) -> Any:
        """A client of the local AWS."""
        session = boto3.Session(
            self._aws["AWS_ACCESS_KEY_ID"], self._aws["AWS_SECRET_ACCESS_KEY"], region_name=self._aws["AWS_REGION"]
        )
        return session.client(service, endpoint_url=self.endpoint)

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

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = tuple(self.headers.items())
            came = HttpRequest(self.command, "api", path, query, headers, body, "127.0.0.1", "request", time.time())
            answer = api.call(http_api_event(came))
            text = answer["body"].encode()
            text = base64.b64decode(text) if answer.get("isBase64Encoded") else text
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked has hung up
                self.wfile.write(text)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Nothing: the test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/wechat"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
