"""TMF620 Product Catalog."""
