from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from shared_apps.accounts.addresses import tenant_host
from shared_apps.core.errors import SojusError
from shared_apps.oidc.services import check_aussteller, update_anmeldedienst
from tenants.management.base import PortalCommand
from tenants.models import Tenant


class Command(PortalCommand):
    help = (
        "Writes down a district's sign-in server (OpenID Connect, e.g. Keycloak) and asks it for its description. "
        "The address of return to enter there is printed at the end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kuerzel", required=True)
        parser.add_argument("--issuer", required=True, help="https://…, where /.well-known/openid-configuration stands")
        parser.add_argument("--client-id", required=True)
        parser.add_argument("--client-secret-file", help="'-' asks for it; without: a public client, PKCE only")
        parser.add_argument("--bezeichnung", default="", help="button: Anmelden mit dem …")
        parser.add_argument("--email-claim", default="", help="claim that carries the address; new offices: email")
        parser.add_argument(
            "--adresse-vom-landkreis",
            action="store_true",
            help="with --email-claim other than email: the district gives the address out, nobody enters her own",
        )
        parser.add_argument("--faktor-claim", help="claim that says how somebody signed in; '': amr and acr")
        parser.add_argument("--mfa-werte", nargs="*", help="values of it that prove a second factor")
        parser.add_argument("--aus", action="store_true", help="switch the button off")

    def handle(
        self,
        *args: object,
        kuerzel: str,
        issuer: str,
        client_id: str,
        mfa_werte: list[str] | None,
        email_claim: str,
        adresse_vom_landkreis: bool,
        faktor_claim: str | None,
        **options: object,
    ) -> None:
        tenant = Tenant.objects.filter(kuerzel=kuerzel.upper()).first()
        if tenant is None:
            raise CommandError(f"Ein Jugendamt {kuerzel} gibt es nicht.")
        if adresse_vom_landkreis and not email_claim:
            raise CommandError("--adresse-vom-landkreis gehört zu --email-claim.")
        file = options["client_secret_file"]
        try:
            secret = getpass("Client secret: ") if file == "-" else Path(str(file)).read_text().strip() if file else ""
            if not options["aus"]:
                check_aussteller(issuer=issuer)
            dienst = update_anmeldedienst(
                tenant=tenant,
                issuer=issuer,
                client_id=client_id,
                client_secret=secret,
                bezeichnung=str(options["bezeichnung"]),
                mfa_werte=mfa_werte,
                email_claim=email_claim,
                adresse_vom_landkreis=adresse_vom_landkreis,
                faktor_claim=faktor_claim,
                ist_aktiv=not options["aus"],
            )
        except (SojusError, OSError) as error:
            raise CommandError(str(error)) from error
        state = "an" if dienst.ist_aktiv else "aus"
        self.stdout.write(f"{tenant.kuerzel}: Anmelden mit dem {dienst.bezeichnung} ({dienst.issuer}) ist {state}.")
        if dienst.bestaetigt_at is None:
            self.stdout.write("Gilt, sobald Leitung oder Administration des Amtes ihn bestätigt (Konto).")
        host = f"{settings.PUBLIC_SCHEME}://{tenant_host(tenant)}"
        self.stdout.write(f"Dort als Rücksprungadresse eintragen: {host}{reverse('oidc_callback')}")
