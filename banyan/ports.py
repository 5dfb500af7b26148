"""The ports an adapter may implement."""

from contracts.ports import *  # noqa: F403
from contracts.ports import __all__  # noqa: F401
