"""TMF635 Usage."""
