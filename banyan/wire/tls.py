"""Our certificate, and whose signature we take for the backend's."""

import ssl
from pathlib import Path


def context(certificate: Path | None, key: Path | None, authority: Path | None) -> ssl.SSLContext | None:
    """None where the machine's own trust is enough. `authority` replaces it. Blocks: reads the files."""
    if certificate is None and authority is None:
        return None
    made = ssl.create_default_context(cafile=authority)
    if certificate is not None:
        made.load_cert_chain(certificate, key)
    return made
