"""Acme Prepaid: BalancePort."""
