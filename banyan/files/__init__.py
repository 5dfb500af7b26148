"""Flat files: layouts as data, rows as records, and a drop folder that gives nothing away half-written."""

from banyan.files.drop import DropFolder, Entry
from banyan.files.layout import Layout, load_layouts
from banyan.files.rows import AMOUNT_LIMIT, read_rows, recognise

__all__ = ["AMOUNT_LIMIT", "DropFolder", "Entry", "Layout", "load_layouts", "read_rows", "recognise"]
