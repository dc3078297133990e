"""Forms of signing in, of one's own password and of API keys."""

from shared_apps.signin.forms.keys import KeyForm
from shared_apps.signin.forms.password import NewPasswordForm, PasswordForm, SignInForm
from shared_apps.signin.forms.steps import ConsentForm, ForgottenPasswordForm, PasskeyForm

__all__ = [
    "ConsentForm",
    "ForgottenPasswordForm",
    "KeyForm",
    "NewPasswordForm",
    "PasskeyForm",
    "PasswordForm",
    "SignInForm",
]
