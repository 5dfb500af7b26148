"""What is served is published: one OpenAPI page for each API and version, a page to read, and an index of all."""

from gateway.api.publishing.common import HEADERS
from gateway.api.publishing.compression import Compressed
from gateway.api.publishing.openapi import changes, openapi
from gateway.api.publishing.publication import Publication

__all__ = ["HEADERS", "Compressed", "Publication", "changes", "openapi"]
