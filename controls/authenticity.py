"""The tag on a decision: an Ed25519 signature that only the API can make and anyone can check."""

from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from controls.approval import Decision
from controls.errors import KeyMaterialError


class Signer:
    """Holds the private key: in the API's process only."""

    def __init__(self, private_pem: bytes) -> None:
        try:
            key = serialization.load_pem_private_key(private_pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyMaterialError(
                "The signing key can't be read; make one with `tieout keys new`."
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyMaterialError("The signing key is not an Ed25519 private key.")
        if len(set(key.private_bytes_raw())) == 1:
            raise KeyMaterialError(
                "The signing key is one byte over and over; make one with `tieout keys new`."
            )
        self._key = key

    def tag(self, decision: Decision) -> str:
        """The tag of a decision, in hexadecimal."""
        return self._key.sign(decision.signed_bytes()).hex()

    @property
    def verifier(self) -> "Verifier":
        """The public half."""
        public = self._key.public_key()
        return Verifier(
            public.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )


class Verifier:
    """Holds the public key: in the worker, and wherever the trail is verified."""

    def __init__(self, public_pem: bytes) -> None:
        try:
            key = serialization.load_pem_public_key(public_pem)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyMaterialError(
                "The verifying key can't be read; make a pair with `tieout keys new`."
            ) from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyMaterialError("The verifying key is not an Ed25519 public key.")
        self._key = key

    def valid(self, decision: Decision) -> bool:
        """Whether the decision's tag is ours."""
        try:
            self._key.verify(bytes.fromhex(decision.tag), decision.signed_bytes())
        except (InvalidSignature, ValueError):
            return False
        return True

    def genuine(self, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
        """Those whose tag is ours: what somebody wrote by hand counts for nothing."""
        return tuple(decision for decision in decisions if self.valid(decision))


def new_key_pair() -> tuple[bytes, bytes]:
    """A fresh private and public key, both PEM."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, public
