"""The forms a resource takes: as it is stored, as each version shows it, and what its contract makes of a body."""
