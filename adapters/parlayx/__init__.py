"""Parlay X Account Management over SOAP: prepaid balances, their expiry, top-ups, vouchers and history."""
