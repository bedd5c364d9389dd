"""Coverage-guided fuzzing of the rewriter, run by hand.

`python -m tests.intake.fuzz.atheris_rewriter FOLDER -max_total_time=1200`, in an environment of
Python 3.11 with atheris and the libraries of the models; the arguments are libFuzzer's. Ends at
the first input on which readers disagree or that raises anything but Refused or Unreadable.
"""

import random
import resource
import sys

import atheris

with atheris.instrument_imports(include=["serving.model_file"]):
    from serving.model_file import rewrite  # noqa: F401
from tests.intake.fuzz.mutations import mutated
from tests.intake.fuzz.readers import check
from tests.intake.fuzz.seeds import seeds


def one_input(data: bytes) -> None:
    check(data)


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Half of the time by opcodes, else by bytes, as libFuzzer does."""
    chance = random.Random(seed)
    if chance.random() < 0.5:
        return atheris.Mutate(data, max_size)
    changed = mutated(data or chance.choice(seeds()), chance.choice(seeds()), chance)
    return changed[:max_size]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    atheris.Setup(sys.argv, one_input, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
