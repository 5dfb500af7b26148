"""The compiled codec: zeep knows the types, and readers and writers made of them once do the work."""

from banyan.soap.codec.dialect import Dialect, NotCompilable

__all__ = ["Dialect", "NotCompilable"]
