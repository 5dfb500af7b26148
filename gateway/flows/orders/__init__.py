"""Product orders, from acceptance to products, whatever fails on the way."""
