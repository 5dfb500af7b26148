"""What a PATCH says, in each of its four media types."""
