"""TMF637: what customers own."""
