"""The link between machines: TLS 1.3 with a client certificate that names the host."""

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gureum.contracts.client import TlsFiles, dialer

pytestmark = pytest.mark.anyio


class Authority:
    """Makes certificates in a directory."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        self.file = self._write("ca", self._sign(self._name, self._key.public_key(), ca=True), self._key)

    def issue(self, name: str) -> TlsFiles:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._write(name, self._sign(subject, key.public_key(), ca=False), key)
        return TlsFiles(self.file, certificate, self._directory / f"{name}.key")

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return builder.add_extension(address, critical=False).sign(self._key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Path:
        path = self._directory / f"{name}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self._directory / f"{name}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
        return path


async def test_the_certificate_names_the_host(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    server, names = ours.issue("control"), asyncio.Queue[str]()

    def arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        names.put_nowait(dict(pair[0] for pair in writer.get_extra_info("peercert")["subject"])["commonName"])
        writer.write(b"x")

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(ours.file))
    context.load_cert_chain(str(server.certificate), str(server.key))
    context.verify_mode = ssl.CERT_REQUIRED
    listener = await asyncio.start_server(arrived, "127.0.0.1", 0, ssl=context)
    async with listener:
        address = f"tls://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        reader, writer = await dialer(address, ours.issue("host-7"))()
        assert await reader.readexactly(1) == b"x"
        assert await names.get() == "host-7"
        writer.close()
        stranger = theirs.issue("host-7")
        with pytest.raises(ssl.SSLError):
            await dialer(address, stranger)()
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            reader, _ = await dialer(address, TlsFiles(ours.file, stranger.certificate, stranger.key))()
            await reader.readexactly(1)
        assert names.empty()
