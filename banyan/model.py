"""The canonical nouns, for adapter authors."""

from contracts.model import *  # noqa: F403
from contracts.model import __all__  # noqa: F401
