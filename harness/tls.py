"""HTTPS in front of a local AWS, which has none of its own: a process that decrypts and passes on."""

import asyncio
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.certificates import certify, context
from harness.emulator import ROOT
from harness.servers import free_ports, run_server


@contextmanager
def over_tls(aws: dict[str, str], workdir: Path) -> Iterator[dict[str, str]]:
    """The variables of a local AWS, led there over HTTPS, with credentials like a role's.

    Its certificate is vouched for by one more of the system's authorities, named as one of Amazon's is.
    """
    folder = certify(workdir / "certificates")
    bundle = folder / "system.pem"
    system = ssl.get_default_verify_paths().cafile
    authorities = (Path(system).read_bytes() if system else b"", (folder / "authority.pem").read_bytes())
    bundle.write_bytes(b"\n".join(authorities))
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "harness.tls", str(port), aws["AWS_ENDPOINT_URL"].rpartition(":")[2], str(folder)]
    with run_server(command, port, workdir / "tls.log", cwd=ROOT):
        endpoint = {"AWS_ENDPOINT_URL": f"https://localhost:{port}", "SSL_CERT_FILE": str(bundle)}
        yield aws | endpoint | {"AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjE" * 60}  # as long as a role's


async def serve(port: int, upstream: int, folder: Path) -> None:
    """Pass on what comes over TLS from one port to another, until terminated."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", upstream)
        await asyncio.gather(_copy(reader, back), _copy(there, writer))

    server = await asyncio.start_server(pass_on, "127.0.0.1", port, ssl=context(folder))
    await server.serve_forever()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
