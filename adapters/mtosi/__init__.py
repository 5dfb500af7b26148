"""An OSS that speaks MTOSI 4.0: service activation and service inventory."""
