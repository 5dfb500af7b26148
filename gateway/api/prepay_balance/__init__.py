"""TMF654 Prepay Balance Management."""
