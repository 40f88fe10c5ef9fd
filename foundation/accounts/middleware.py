"""At the first sign-in the password is changed before anything else."""

from django.shortcuts import redirect

ALLOWED = {"accounts:password_change", "accounts:logout", "accounts:keepalive", "healthz"}


class FirstPassword:
    """Sends a user with a one-time password to the change page until it is changed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """A redirect, or None to go on."""
        user = request.user
        if (
            user.is_authenticated
            and user.must_change_password
            and request.resolver_match.view_name not in ALLOWED
        ):
            return redirect("accounts:password_change")
        return None
