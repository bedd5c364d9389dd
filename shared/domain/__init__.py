"""The product's own words and rules: no I/O, no service's vocabulary."""
