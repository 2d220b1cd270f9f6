"""The generator: desired state in, manifests and Helm charts out.

Pure: no network, no clock, no randomness, no git. See docs/architecture.md for the packages and their order.
"""
