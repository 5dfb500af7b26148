"""TMF622: product orders and their cancellation."""
