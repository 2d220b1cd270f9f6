"""What follows from Stargit's own code and templates alone, and takes a second to make: schemas, the compiled chart.

It is kept from one run to the next where the entry point says so (``keep_in``); by default it is made when it is
needed. Every command imports this package, so it imports little itself.
"""

from generator.derived.code import code_digest
from generator.derived.sealed import unsealed, write_sealed
from generator.derived.store import derived, keep_in

__all__ = ["code_digest", "derived", "keep_in", "unsealed", "write_sealed"]
