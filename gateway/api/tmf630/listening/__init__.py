"""Who listens to an API: hubs, their deliveries, and streams of the same events."""
