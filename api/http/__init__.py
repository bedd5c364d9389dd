"""What every route has in common: requests parsed, errors told, threads, the OpenAPI document."""
