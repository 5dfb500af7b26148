"""TMF688: topics, what is published in them, and who listens."""
