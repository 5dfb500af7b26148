"""One folder per legacy system; the gateway finds each by its manifest.toml."""
