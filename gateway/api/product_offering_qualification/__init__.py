"""TMF679 Product Offering Qualification."""
