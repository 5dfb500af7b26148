"""TMF673: addresses become known by being validated."""
