"""From a WSDL to an adapter: what it offers, what of it serves a port, and the folder that follows from both."""
