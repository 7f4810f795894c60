"""The list of revoked certificates (CRL) that the broker holds against whoever comes."""

from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from controller.certificates.authority import SLACK, Authority, at


def revocation_list(authority: Authority, revoked: Iterable[tuple[str, int]], now: int) -> bytes:
    """The list as PEM, of (serial, since when) pairs.

    It ends when the authority does: brokers turn everybody away once a list is past its date, and ours is handed over
    whenever it changes. It holds from a day ago, as certificates do: a broker whose clock is behind would turn
    everybody away, too.
    """
    draft = x509.CertificateRevocationListBuilder(
        authority.certificate.subject, at(now - SLACK), authority.certificate.not_valid_after_utc
    )
    for serial, since in sorted(revoked):
        one = x509.RevokedCertificateBuilder(int(serial, 16), at(since)).build()
        draft = draft.add_revoked_certificate(one)
    return draft.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.PEM)
