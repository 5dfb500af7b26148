"""jBilling over SOAP: customers, price list, orders and invoices."""
