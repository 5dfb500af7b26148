"""The story: everything in processes of its own, driven from outside, proved against the simulators' ledgers."""

from gateway.demo.run import run

__all__ = ["run"]
