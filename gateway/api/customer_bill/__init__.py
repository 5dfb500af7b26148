"""TMF678 Customer Bill."""
