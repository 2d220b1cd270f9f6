"""Commander's protocol: ``v1/commander.proto``, and the code that is generated from it (``make protocol``)."""
