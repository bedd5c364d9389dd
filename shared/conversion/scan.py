"""`python -m shared.conversion.scan FILE`: the verdict on a model file as JSON."""

import sys

from shared.adapters.conversion.scan.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
