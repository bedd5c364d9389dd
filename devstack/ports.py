"""Which port each service of the stack listens on: fixed offsets from one base."""

from dataclasses import dataclass

from devstack.loopback import listen

DEFAULT_BASE = 7070


@dataclass(frozen=True)
class Ports:
    dashboard: int
    functions: int
    supabase: int
    proxy: int
    control: int
    front: int

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        """All of them must be free now: PortInUseError names the first that is not."""
        ports = cls(*range(base, base + 6))
        for purpose, port in vars(ports).items():
            listen(port, purpose).close()
        return ports
