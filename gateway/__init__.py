"""The house the apps enter; `gateway.app` is where everything meets."""
