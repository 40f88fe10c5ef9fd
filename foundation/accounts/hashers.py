"""How the portal's own one-time passwords are kept until their first use."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneTimeHasher(PBKDF2PasswordHasher):
    """For passwords that the portal made: 16 random characters need no slow hash.

    79 bits cannot be tried out, however quick the hash; so 500 people are registered in seconds.
    After a wrong password the usual work is done, so that nobody is told by the time it takes.
    What a person chooses is kept with the usual hash.
    """

    algorithm = "pbkdf2_sha256_once"
    iterations = 10_000

    def verify(self, password, encoded):
        """As usual; the time of the usual hash is spent on a wrong one."""
        right = super().verify(password, encoded)
        if not right:
            PBKDF2PasswordHasher().encode(password, self.salt())
        return right

    def must_update(self, encoded):
        """Never by itself: the first sign-in asks for another password."""
        return False
