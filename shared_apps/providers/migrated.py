"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "providers_datei_pruefen": "b39991c5ec285ad74054",
    "providers_bleibt": "f1afae7881e709987a2e",
    "providers_entgelt_bleibt": "240c916337bbca76c362",
    "providers_entgelt_pruefen": "178275778584f1ac6150",
    "providers_eroeffnung_pruefen": "7540bb64096c22c584fb",
    "providers_gemeldet_bleibt": "c37559bf4a7d8bbbf97a",
    "providers_iban_stimmt": "7ee9e9bfee3c3f635372",
    "providers_konto_pruefen": "0f490c9899e9ba9eb606",
    "providers_meldungen": "7704f65498d6b7ff431f",
    "providers_vakanz_gemeldet": "1ec1e5e962ae6eb4f525",
    "providers_erlaubnis_pruefen": "80fa6636d9d104b012b9",
    "providers_stammdaten_pruefen": "5e550a027a64f890f481",
    "providers_zugelassen_bleibt": "8dd65e822aa54a75be1d",
    "providers_vorschlag_gilt": "b9d7770d410a9d39dc6b",
    "providers_vorschlag_pruefen": "44d39f6eab141132f06c",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("providers_betriebserlaubnis", "providers_datei_geprueft"): "a539cde584d2d2af1a5f",
    ("providers_foto", "providers_datei_geprueft"): "a28119f4481ffcb4b809",
    ("providers_leistungsbeschreibung", "providers_datei_geprueft"): "64be0dd36c8d86a3ab5b",
    ("providers_leqvereinbarung", "providers_datei_geprueft"): "79e2bf94efae9cb81b51",
    ("providers_angebot", "angebot_hilfeart_bleibt"): "ef6a849b120907899c6e",
    ("providers_angebot", "providers_gemeldet_bleibt"): "fdbdc7989abe27d3979e",
    ("providers_anbieter", "providers_zugelassen_bleibt"): "5449e4cb8cf7bfaf2c36",
    ("providers_angebot", "providers_eroeffnung_geprueft"): "3d40660c9b674acadac7",
    ("providers_einrichtung", "providers_eroeffnung_geprueft"): "03bcb3634a2393a888ad",
    ("providers_stammdatenvorschlag", "providers_stammdaten_geprueft"): "3406d6906f2258a6ad02",
    ("providers_angebot", "providers_angebot_erlaubt"): "1caa81e85e720173ab6f",
    ("providers_ausnahme", "providers_ausnahme_geaendert"): "facb5905a445a221564b",
    ("providers_betriebserlaubnis", "providers_erlaubnis_angelegt"): "60cc88cc2c1d4bca7061",
    ("providers_betriebserlaubnis", "providers_erlaubnis_geaendert"): "8ed36c80653372e1d6e3",
    ("providers_einrichtung", "einrichtung_standort_bleibt"): "c1a7c5b18dbe1b5c05c8",
    ("providers_entgelt", "providers_entgelt_bleibt"): "81d8a7144760b1b6cb4f",
    ("providers_entgelt", "providers_entgelt_geprueft"): "ca09be969481da8e83ab",
    ("providers_entgeltvorschlag", "providers_vorschlag_geprueft"): "48e4b8433216928122f5",
    ("providers_entgeltvorschlag", "providers_vorschlag_gilt"): "181426b3fbf8aa2259aa",
    ("providers_vakanzmeldung", "providers_vakanz_gemeldet"): "28c691e8bcb68b24bb87",
    ("providers_kontovorschlag", "providers_konto_geprueft"): "b498c752a99bd7e78c7b",
    ("providers_platz", "providers_plaetze_erlaubt"): "597b5ec27956b9cad880",
    ("providers_platz", "providers_platz_erlaubt"): "9a6d8a70d1c631ebc939",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "providers_entgelt_bleibt": (),  # triggers
    "providers_entgelt_pruefen": (),
    "providers_eroeffnung_pruefen": (),
    "providers_konto_pruefen": (),
    "providers_stammdaten_pruefen": (),
    "providers_meldungen": ("land", "tenants"),
    "providers_vakanz_gemeldet": (),
    "providers_erlaubnis_pruefen": (),
    "providers_vorschlag_gilt": (),
    "providers_vorschlag_pruefen": (),
}
