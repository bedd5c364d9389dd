"""`python -m benchmarks [NAME ...]`: all of them, or those named."""

import importlib
import sys

NAMES = ("cold_start", "intake", "pipeline", "batch", "changes", "data_queries", "api", "dashboard")


def main() -> None:
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        sys.exit(f"No benchmark called {', '.join(unknown)}; there are {', '.join(NAMES)}.")
    for name in wanted:
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
