"""A time-stamp authority made with `openssl ts`, for tests: root, signer, tokens over any message."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

OPENSSL = shutil.which("openssl")
CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = CA:FALSE
{usage}
[tsa]
default_tsa = main
[main]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:{accuracy}
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
KEYS = {"rsa": ["rsa:2048"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]}
CRITICAL = "extendedKeyUsage = critical, timeStamping"


class TestAuthority:
    """`kind` is rsa or ec; `usage` the signer's extension line; each has its own root unless `root` gives one."""

    __test__ = False

    def __init__(
        self, folder: Path, kind: str = "rsa", usage: str = CRITICAL, accuracy: int = 1, name: str = "tsa"
    ) -> None:
        folder.mkdir()
        self.folder, self.kind = folder, kind
        text = CONFIG.format(name=name, usage=usage, folder=folder, accuracy=accuracy)
        (folder / "conf").write_text(text)
        (folder / "serial").write_text("01\n")
        self._certificate("root", ["-x509", "-extensions", "root"])
        self._certificate("signer", [])
        signing = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650"]
        extensions = ["-extfile", "conf", "-extensions", "signer"]
        self._run("x509", "-req", "-in", "signer.pem", *signing, *extensions, "-out", "signer.crt")

    @property
    def root(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def _certificate(self, name: str, more: list[str]) -> None:
        new = ["-newkey", *KEYS[self.kind], "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        subject = ["-subj", f"/CN={self.folder.name} {name}"]
        self._run("req", "-new", *more, *new, *subject, "-config", "conf", "-days", "3650")

    def _run(self, *arguments: str) -> None:
        assert OPENSSL
        done = subprocess.run([OPENSSL, *arguments], cwd=self.folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()

    def answer(self, query: bytes, chain: bool = True) -> bytes:
        """The response to a request; with `chain` the root is embedded, as a hostile authority would."""
        (self.folder / "query").write_bytes(query)
        extra = ["-chain", "root.pem"] if chain else []
        files = ["-queryfile", "query", "-signer", "signer.crt", "-inkey", "signer.key", "-out", "answer"]
        self._run("ts", "-reply", "-config", "conf", "-section", "main", *files, *extra)
        return (self.folder / "answer").read_bytes()

    def stamp(self, message: bytes, chain: bool = True) -> bytes:
        (self.folder / "message").write_bytes(message)
        self._run("ts", "-query", "-data", "message", "-sha256", "-cert", "-out", "made")
        return self.answer((self.folder / "made").read_bytes(), chain)
