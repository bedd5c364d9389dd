"""Azure Resource Manager, as far as the machine learning SDK calls it."""
