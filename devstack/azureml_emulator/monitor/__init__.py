"""Azure Monitor, as far as online endpoints need it: metrics and autoscale settings."""
