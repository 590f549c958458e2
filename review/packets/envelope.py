"""The sealed original under lock: for the receiver's certificate, or under a passphrase handed over another way.

Both forms are ones that others read: CMS EnvelopedData (RFC 5652; `openssl cms`, .NET's EnvelopedCms), and what
`openssl enc -aes-256-cbc -pbkdf2 -iter N -md sha256` writes. `打开原件.cmd` opens either on a bare Windows PC.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

from review.errors import ReviewError

MAGIC, SALT_BYTES, KEY_BYTES, IV_BYTES = b"Salted__", 8, 32, 16
ITERATIONS = 600_000
"""Of PBKDF2 with SHA-256, as the opening script and `openssl enc -iter` are told."""
CHUNK_BYTES = 1 << 20
CMS_MAX_BYTES = 512 << 20
"""CMS is made and opened in memory, here and by .NET; larger originals go under a passphrase."""
PASSPHRASE_WORDS, WORD_LETTERS = 6, "abcdefghjkmnpqrstuvwxyz23456789"


class CannotLock(ReviewError):
    """The certificate or the passphrase cannot be used."""


def passphrase() -> str:
    """A new one, 120 bits: six groups of four letters without l, o, i, 0, 1 … to be read out over the phone."""
    return "-".join("".join(secrets.choice(WORD_LETTERS) for _ in range(4)) for _ in range(PASSPHRASE_WORDS))


def lock_for(packet: Path, certificate: bytes, output: BinaryIO) -> str:
    """Encrypt to the holder of an RSA certificate (PEM), AES-256; returns the SHA-256 of the plain packet."""
    try:
        receiver = x509.load_pem_x509_certificate(certificate)
    except ValueError as error:
        raise CannotLock(f"the receiver's certificate is no certificate in PEM: {error}") from error
    if not isinstance(receiver.public_key(), rsa.RSAPublicKey):
        raise CannotLock("the receiver's certificate has no RSA key, which Windows needs to open it; use a passphrase")
    if packet.stat().st_size > CMS_MAX_BYTES:
        raise CannotLock(f"{packet} is larger than {CMS_MAX_BYTES} bytes; use a passphrase")
    plain = packet.read_bytes()
    builder = PKCS7EnvelopeBuilder().set_data(plain).add_recipient(receiver)
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    output.write(builder.encrypt(Encoding.DER, [PKCS7Options.Binary]))
    return hashlib.sha256(plain).hexdigest()


def lock_by(packet: Path, word: str, output: BinaryIO, salt: bytes | None = None) -> str:
    """Encrypt under a passphrase, piece by piece; returns the SHA-256 of the plain packet."""
    if len(word) < 12:
        raise CannotLock("a passphrase of at least 12 characters is needed; leave it out to have one made")
    salt = os.urandom(SALT_BYTES) if salt is None else salt
    derived = PBKDF2HMAC(hashes.SHA256(), KEY_BYTES + IV_BYTES, salt, ITERATIONS).derive(word.encode("utf-8"))
    encryptor = Cipher(algorithms.AES(derived[:KEY_BYTES]), modes.CBC(derived[KEY_BYTES:])).encryptor()
    padder, digest = padding.PKCS7(128).padder(), hashlib.sha256()
    output.write(MAGIC + salt)
    for chunk in _chunks(packet):
        digest.update(chunk)
        output.write(encryptor.update(padder.update(chunk)))
    output.write(encryptor.update(padder.finalize()) + encryptor.finalize())
    return digest.hexdigest()


def _chunks(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
