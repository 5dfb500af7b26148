"""TMF677 Usage Consumption."""
