"""People: who is known, how they prove it, and who asks.

``add_user`` makes them, ``SigningIn`` lets them in, and ``Askers`` says of a token who asks, with all that one may do.
None of them decides whether its caller may call it.
"""

from houston.people.addresses import address_of
from houston.people.asking import Asker, Askers
from houston.people.signing_in import SignedIn, SigningIn
from houston.people.users import NewUser, add_user

__all__ = ["Asker", "Askers", "NewUser", "SignedIn", "SigningIn", "add_user", "address_of"]
