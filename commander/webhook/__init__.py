"""Tells Argo CD of commits by its webhook, so that they need not wait for its next poll."""

from commander.webhook.endpoint import Endpoint, SendError
from commander.webhook.push import Push, pushes
from commander.webhook.webhook import Heard, Webhook

__all__ = ["Endpoint", "Heard", "Push", "SendError", "Webhook", "pushes"]
