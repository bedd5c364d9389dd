"""Changes of a file that often leave it a pickle: opcodes swapped, parts moved, numbers changed."""

import contextlib
import pickletools
from functools import lru_cache
from random import Random


@lru_cache(maxsize=64)
def pieces(data: bytes) -> tuple[bytes, ...]:
    """The file cut at its opcodes, as far as they can be read; the rest is one piece."""
    starts = [0]
    with contextlib.suppress(Exception):  # an array of joblib's, which pickletools does not know
        starts += [place for _, _, place in pickletools.genops(data) if place is not None]
    ends = [*starts[1:], len(data)]
    return tuple(data[a:b] for a, b in zip(starts, ends, strict=True) if b > a)


def mutated(data: bytes, other: bytes, random: Random) -> bytes:
    """`data` after one to four changes; `other` is a file whose opcodes may come in."""
    parts = list(pieces(data))
    for _ in range(random.randint(1, 4)):
        place = random.randrange(1, len(parts)) if len(parts) > 1 else 0
        kind = random.randrange(6)
        if kind == 0:
            del parts[place]
        elif kind == 1:
            parts.insert(place, random.choice(parts))
        elif kind == 2:
            parts[place] = random.choice(pieces(other))
        elif kind == 3:
            end = random.randrange(len(parts))
            parts[place], parts[end] = parts[end], parts[place]
        elif kind == 4:
            changed = bytearray(parts[place])
            changed[random.randrange(len(changed))] = random.randrange(256)
            parts[place] = bytes(changed)
        else:
            parts.insert(place, bytes((random.randrange(256),)))
        if not parts:
            break
    return b"".join(parts)
