"""The compiled codec: zeep knows the types, and readers and writers made of them once do the work."""

from banyan.soap.codec.dialect import Dialect, NotCompilable
from banyan.soap.codec.reading import reader
from banyan.soap.codec.writing import writer

__all__ = ["Dialect", "NotCompilable", "reader", "writer"]
