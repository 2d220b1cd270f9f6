"""The ``stargit`` command: parses arguments, shows progress and problems, sets exit codes.

It puts the other packages together and holds no rules of its own; those are in ``generator``.
"""
