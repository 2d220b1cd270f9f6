"""What people do to workspaces and deployments, as changes of Commander.

``Changing`` keeps what was asked for before Commander hears of it, and ends it together with the index, so that nothing
is lost or done twice between git and SQL, whenever a process is killed.
"""

from houston.fleet.changing import Asked, Changed, Changing

__all__ = ["Asked", "Changed", "Changing"]
