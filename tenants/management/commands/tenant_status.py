from tenants.management.base import PortalCommand
from tenants.onboarding.selectors import tenant_states

_COLUMNS = ("kuerzel", "schema", "zustand", "rückstand", "rolle", "rechte", "größe", "adresse")


class Command(PortalCommand):
    help = "State of every tenant: schema, migrations behind, role, rights, size, host. No content is read."

    def handle(self, *args: object, **options: object) -> None:
        rows = [
            (
                state.kuerzel,
                state.schema if state.schema_exists else f"{state.schema} FEHLT",
                state.zustand,
                str(state.migrations_behind),
                "ja" if state.role_exists else "FEHLT",
                "ja" if state.rights_ok else "ÜBERSCHRITTEN",
                f"{state.kilobytes:,} kB".replace(",", "."),
                state.domain or "FEHLT",
            )
            for state in tenant_states()
        ]
        widths = [max(len(row[i]) for row in [_COLUMNS, *rows]) for i in range(len(_COLUMNS))]
        for row in [_COLUMNS, *rows]:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        healthy = sum(
            row[3] == "0" and row[4] == "ja" and row[5] == "ja" and "FEHLT" not in row[1] + row[7] for row in rows
        )
        self.stdout.write(f"{healthy} von {len(rows)} Jugendämtern in Ordnung.")
