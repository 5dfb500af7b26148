"""Measurements of the gateway; `make bench` runs them."""
