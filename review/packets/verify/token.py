"""RFC 3161 tokens, read strictly from DER: what was stamped, when, how exactly, and by which certificate."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Dict, List, Optional

from review.packets.verify.reasons import Finding

SIGNED_DATA, TST_INFO = "2a864886f70d010702", "2a864886f70d0109100104"
DIGESTS = {"608648016503040201": "sha256", "608648016503040202": "sha384", "608648016503040203": "sha512"}
PSS = "2a864886f70d01010a"
SIGNATURES = {
    *("2a864886f70d0101" + last for last in ("01", "05", "0b", "0c", "0d")),  # RSA, and with SHA-1, -256, -384, -512
    *("2a8648ce3d" + last for last in ("0201", "0401", "040302", "040303", "040304")),  # EC, and with the same
    PSS,
}
CONTENT_TYPE, MESSAGE_DIGEST = "2a864886f70d010903", "2a864886f70d010904"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_2 = "2a864886f70d010910020c", "2a864886f70d010910022f"


class Node:
    """One DER element: tag, content, and the whole with its header."""

    def __init__(self, tag: int, body: bytes, raw: bytes) -> None:
        self.tag, self.body, self.raw = tag, body, raw

    @property
    def parts(self) -> List["Node"]:
        """The elements of a SEQUENCE."""
        return self.inside(0x30)

    def inside(self, tag: int) -> List["Node"]:
        """The elements of a constructed element, which must have this tag."""
        if self.tag != tag:
            raise ValueError("another kind of element")
        return der(self.body)

    def value(self, *tags: int) -> bytes:
        """The content of a plain element that must have one of these tags."""
        if self.tag not in tags:
            raise ValueError("another kind of element")
        return self.body


def der(data: bytes) -> List[Node]:
    """The elements that fill `data` exactly. Raises IndexError or ValueError for anything but definite lengths."""
    found, position = [], 0
    while position < len(data):
        tag, length, start = data[position], data[position + 1], position + 2
        if length == 0x80 or tag & 0x1F == 0x1F:
            raise ValueError(f"not DER at {position}")
        if length > 0x80:
            start += length - 0x80
            length = int.from_bytes(data[position + 2 : start], "big")
        if start + length > len(data):
            raise ValueError(f"not DER at {position}")
        found.append(Node(tag, data[start : start + length], data[position : start + length]))
        position = start + length
    return found


class Token:
    """A parsed token. `attributes` are the signed ones, by object identifier in hex.

    `oddities` names parts that no signature covers and that are not as every authority writes them: somebody may have
    changed them, which changes nothing that the token says.
    """

    def __init__(self, raw: bytes) -> None:
        self.oddities: List[str] = []
        outer = der(raw)
        if len(outer) != 1 or outer[0].tag != 0x30:
            raise ValueError("not one sequence")
        parts = outer[0].parts
        self.bare = parts[0].tag == 0x06
        if not self.bare:
            status = parts[0].parts[0].value(0x02)
            if status not in (b"\x00", b"\x01"):
                raise Finding("TOKEN_REFUSED")
            self._plain(status == b"\x00" and len(parts) == 2 and len(parts[0].parts) == 1, "PKIStatus")
            parts = parts[1].parts
        self._plain(len(parts) == 2, "ContentInfo")
        expect(parts[0], SIGNED_DATA)
        self._signed_data(parts[1].inside(0xA0)[0].parts)

    def _signed_data(self, parts: List[Node]) -> None:
        if parts[1].tag != 0x31 or parts[-1].tag != 0x31:
            raise ValueError("not the SignedData of a token")
        self._plain(parts[0].value(0x02) == b"\x03", "SignedData.version")
        self._plain(all(part.tag == 0xA0 for part in parts[3:-1]) and len(parts) <= 5, "SignedData.crls")
        content = parts[2].parts
        expect(content[0], TST_INFO)
        self.content = content[1].inside(0xA0)[0].value(0x04)
        self.certificates = [c.raw for part in parts[3:] if part.tag == 0xA0 for c in part.inside(0xA0)]
        (signer,) = parts[-1].inside(0x31)
        self._signer(signer.parts)
        named = [b"".join(algorithm.parts[0].body for algorithm in parts[1].inside(0x31)).hex()]
        self._plain([DIGESTS.get(name) for name in named] == [self.digest], "digestAlgorithms")
        self._info(der(self.content)[0].parts)

    def _signer(self, parts: List[Node]) -> None:
        self.signer_id = parts[1]
        self._plain(parts[0].value(0x02) in (b"\x01", b"\x03"), "SignerInfo.version")
        self.digest = DIGESTS[parts[2].parts[0].body.hex()]
        if parts[3].tag != 0xA0:
            raise ValueError("no signed attributes")
        self.signed = b"\x31" + parts[3].raw[1:]
        pairs = [attribute.parts for attribute in parts[3].inside(0xA0)]
        self.attributes: Dict[str, Node] = {pair[0].body.hex(): pair[1].inside(0x31)[0] for pair in pairs}
        self.signature_algorithm, self.signature = parts[4].parts[0].body.hex(), parts[5].value(0x04)
        self._plain(self.signature_algorithm in SIGNATURES, "signatureAlgorithm")
        self._plain(len(parts) == 6, "unsignedAttrs")

    def _plain(self, usual: bool, part: str) -> None:
        if not usual:
            self.oddities.append(part)

    def _info(self, parts: List[Node]) -> None:
        algorithm, imprint = parts[2].parts
        self.imprint_algorithm = DIGESTS[algorithm.parts[0].body.hex()]
        self.imprint = imprint.value(0x04).hex()
        self.serial = parts[3].value(0x02).hex()
        self.time = generalized_time(parts[4].value(0x18).decode("ascii"))
        self.accuracy = timedelta()
        for part in parts[5:]:
            if part.tag == 0x30:
                self.accuracy = accuracy(part)

    def certificate_hash(self) -> Optional["tuple[str, bytes]"]:
        """Algorithm and hash of the signer's certificate as the signed attributes pin it."""
        node, default = self.attributes.get(SIGNING_CERTIFICATE_2), "sha256"
        if node is None:
            node, default = self.attributes.get(SIGNING_CERTIFICATE), "sha1"
        if node is None:
            return None
        parts = node.parts[0].parts[0].parts
        if parts[0].tag == 0x30:
            return DIGESTS[parts[0].parts[0].body.hex()], parts[1].body
        return default, parts[0].body


def expect(node: Node, oid: str) -> None:
    if node.tag != 0x06 or node.body.hex() != oid:
        raise ValueError("another content type")


def generalized_time(text: str) -> datetime:
    pattern = "%Y%m%d%H%M%S.%fZ" if "." in text else "%Y%m%d%H%M%SZ"
    return datetime.strptime(text, pattern).replace(tzinfo=timezone.utc)


def accuracy(node: Node) -> timedelta:
    values = {part.tag: int.from_bytes(part.body, "big") for part in node.parts}
    return timedelta(seconds=values.get(0x02, 0), milliseconds=values.get(0x80, 0), microseconds=values.get(0x81, 0))


def read_token(raw: bytes, digest: str) -> Token:
    """The token, if it can be read and was given for this SHA-256 digest (hex)."""
    try:
        token = Token(raw)
        token.certificate_hash()
    except (IndexError, KeyError, ValueError, OverflowError, RecursionError) as error:
        raise Finding("TOKEN_INVALID", str(error)) from error
    if (token.imprint_algorithm, token.imprint) != ("sha256", digest):
        raise Finding("TOKEN_IMPRINT")
    return token
