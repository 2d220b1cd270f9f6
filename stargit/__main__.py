"""Entry point of the ``stargit`` command."""


def main() -> int:
    """Run the command."""
    return 0
