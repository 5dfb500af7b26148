"""Usage files in a drop folder, read by declared layouts."""
