"""Benchmarks: each compares with a named baseline in the same run; results go to results/."""
