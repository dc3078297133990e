"""What only an approved deletion run may do, and only for the people it names: functions with the owner's rights.

Entrusted notes are their author's alone (§ 65 SGB VIII), sealed cases are hidden by row-level security. A run reads
none of them; it deletes their rows and learns how many there were. The functions check the run by themselves: who asks
is the second person, the person is in this run, is restricted, and has no case that is still open, sealed or not.

Before that, somebody leaves daily work only when nothing of hers goes on in a case that data protection cannot see.
"""

from __future__ import annotations

from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.privacy.vorgaben import EINSCHRAENKUNG_JAHRE
from tenants.tables.definer import DefinerFunction

#: Of `Klient`: what the row rule lets the acting person see; functions with the owner's rights ask it themselves.
NICHT_GESPERRT = next(p.using for p in Klient.tenant_policies if p.name == "sperrfall" and p.using)
#: The same of `Hilfefall`.
FALL_NICHT_GESPERRT = next(p.using for p in Hilfefall.tenant_policies if p.name == "sperrfall" and p.using)
_ERLAUBT = """SELECT p.person_id AS id FROM {schema}.privacy_loeschlauf l
    JOIN {schema}.privacy_loeschposition p ON p.lauf_id = l.id
    JOIN {schema}.cases_klient k ON k.id = p.person_id AND k.eingeschraenkt_seit IS NOT NULL
    WHERE l.id = lauf AND p.person_id = person AND p.schritt = 'LOESCHEN' AND p.erledigt_at IS NULL
    AND l.zustand = 'FREIGEGEBEN' AND l.freigegeben_von_id <> l.erstellt_von_id
    AND l.freigegeben_von_id = coalesce(sojus_user(), l.freigegeben_von_id)
    AND NOT EXISTS (SELECT 1 FROM {schema}.cases_hilfefall h
        WHERE h.klient_id = p.person_id AND h.zustand <> 'ABGESCHLOSSEN')"""

#: Of `erlaubt`; a random number takes the place of the case number, also of a sealed case.
_LEEREN = """WITH erlaubt AS ({erlaubt}),
faelle AS (UPDATE {schema}.cases_hilfefall h
    SET fallnummer = 'X-' || left(replace(gen_random_uuid()::text, '-', ''), 12), abschluss_grund = ''
    FROM erlaubt WHERE h.klient_id = erlaubt.id RETURNING h.id),
notizen AS (DELETE FROM {schema}.cases_fallnotiz n USING faelle WHERE n.hilfefall_id = faelle.id RETURNING n.id),
anvertraute AS (DELETE FROM {schema}.cases_anvertrautenotiz n USING faelle WHERE n.hilfefall_id = faelle.id
    RETURNING n.id),
weitergaben AS (DELETE FROM {schema}.cases_notizfreigabe f USING anvertraute WHERE f.notiz_id = anvertraute.id
    RETURNING f.id),
rechte AS (DELETE FROM {schema}.cases_hilfefalluserobjectpermission r USING faelle
    WHERE r.content_object_id = faelle.id RETURNING r.id),
freigaben AS (UPDATE {schema}.cases_fallfreigabe f SET grund = 'gelöscht', beendet_at = coalesce(beendet_at, now())
    FROM faelle WHERE f.hilfefall_id = faelle.id RETURNING f.id),
uebergaben AS (DELETE FROM {schema}.cases_falluebergabe u USING faelle WHERE u.hilfefall_id = faelle.id
    RETURNING u.id),
paare AS (DELETE FROM {schema}.cases_fallverknuepfung v WHERE v.hilfefall_id IN (SELECT id FROM faelle)
    OR v.verbunden_id IN (SELECT id FROM faelle) RETURNING v.id),
auskuenfte AS (UPDATE {schema}.privacy_auskunft a SET begruendung = ''::bytea FROM erlaubt
    WHERE a.klient_id = erlaubt.id RETURNING a.id),
vermerke AS (UPDATE {schema}.privacy_feldvermerk v SET grund = ''::bytea, alter_wert = ''::bytea FROM erlaubt
    WHERE v.klient_id = erlaubt.id RETURNING v.id),
nachtschritte AS (DELETE FROM {schema}.placements_nachtschritt s USING {schema}.placements_nachtaufnahme n, erlaubt
    WHERE s.nachtaufnahme_id = n.id AND n.klient_id = erlaubt.id RETURNING s.id),
nachtaufnahmen AS (DELETE FROM {schema}.placements_nachtaufnahme n USING erlaubt WHERE n.klient_id = erlaubt.id
    RETURNING n.id),
nachrichten AS (DELETE FROM {schema}.gespraeche_gespraechsnachricht n USING {schema}.gespraeche_gespraech g, faelle
    WHERE n.gespraech_id = g.id AND g.hilfefall_id = faelle.id RETURNING n.id),
gespraechsstaende AS (DELETE FROM {schema}.gespraeche_gespraechsstand s USING {schema}.gespraeche_gespraech g, faelle
    WHERE s.gespraech_id = g.id AND g.hilfefall_id = faelle.id RETURNING s.id),
gespraeche AS (DELETE FROM {schema}.gespraeche_gespraech g USING faelle WHERE g.hilfefall_id = faelle.id
    RETURNING g.id),
suchauftraege AS (DELETE FROM {schema}.placements_suchauftrag a USING {schema}.placements_suche s, erlaubt
    WHERE a.suche_id = s.id AND s.klient_id = erlaubt.id RETURNING a.id),
hausanfragen AS (DELETE FROM {schema}.anfragen_hausanfrage h USING {schema}.anfragen_anfrage a, erlaubt
    WHERE h.anfrage_id = a.id AND a.klient_id = erlaubt.id RETURNING h.id),
anfragen AS (DELETE FROM {schema}.anfragen_anfrage a USING erlaubt WHERE a.klient_id = erlaubt.id RETURNING a.id),
kennungen AS (SELECT id FROM erlaubt UNION ALL SELECT id FROM faelle UNION ALL SELECT id FROM gespraeche
    UNION ALL SELECT r.platzbindung_id FROM {schema}.placements_reservierung r JOIN erlaubt ON r.klient_id = erlaubt.id
    UNION ALL SELECT b.id FROM {schema}.placements_buchung b JOIN erlaubt ON b.klient_id = erlaubt.id
    UNION ALL SELECT r.id FROM {schema}.placements_reservierung r JOIN erlaubt ON r.klient_id = erlaubt.id),
antraege AS (UPDATE {schema}.audit_freigabe f SET grund = 'gelöscht', bemerkung = '' FROM kennungen
    WHERE f.objekt_id = kennungen.id RETURNING f.id),
entwuerfe AS (DELETE FROM {schema}.drafts_entwurf e WHERE EXISTS (SELECT 1 FROM kennungen
    WHERE strpos(e.pfad || ' ' || e.seite, kennungen.id::text) > 0) RETURNING e.id)
SELECT z.art, z.anzahl FROM erlaubt, LATERAL (VALUES
    ('faelle', (SELECT count(*) FROM faelle)),
    ('fallnotizen', (SELECT count(*) FROM notizen)),
    ('nachrichten', (SELECT count(*) FROM nachrichten)),
    ('anvertraute', (SELECT count(*) FROM anvertraute)),
    ('weitergaben', (SELECT count(*) FROM weitergaben)),
    ('freigaben', (SELECT count(*) FROM rechte) + (SELECT count(*) FROM freigaben)),
    ('uebergaben', (SELECT count(*) FROM uebergaben) + (SELECT count(*) FROM paare)),
    ('auskuenfte', (SELECT count(*) FROM auskuenfte) + (SELECT count(*) FROM vermerke)
        + (SELECT count(*) FROM antraege)),
    ('entwuerfe', (SELECT count(*) FROM entwuerfe))) z(art, anzahl)""".replace("{erlaubt}", _ERLAUBT)

#: One sum over all people of a preview who are due for deletion: never how many notes one person has among several.
_UMFANG = """WITH personen AS (SELECT p.person_id AS id FROM {schema}.privacy_loeschlauf l
    JOIN {schema}.privacy_loeschposition p ON p.lauf_id = l.id
    JOIN {schema}.cases_klient k ON k.id = p.person_id AND k.eingeschraenkt_seit IS NOT NULL
    WHERE l.id = lauf AND l.zustand = 'VORSCHAU' AND p.schritt = 'LOESCHEN'),
faelle AS (SELECT h.id FROM {schema}.cases_hilfefall h JOIN personen ON h.klient_id = personen.id),
anvertraute AS (SELECT n.id FROM {schema}.cases_anvertrautenotiz n JOIN faelle ON n.hilfefall_id = faelle.id),
gespraeche AS (SELECT g.id FROM {schema}.gespraeche_gespraech g JOIN faelle ON g.hilfefall_id = faelle.id),
kennungen AS (SELECT id FROM personen UNION ALL SELECT id FROM faelle UNION ALL SELECT id FROM gespraeche
    UNION ALL SELECT r.platzbindung_id FROM {schema}.placements_reservierung r
        JOIN personen ON r.klient_id = personen.id
    UNION ALL SELECT b.id FROM {schema}.placements_buchung b JOIN personen ON b.klient_id = personen.id
    UNION ALL SELECT r.id FROM {schema}.placements_reservierung r JOIN personen ON r.klient_id = personen.id)
SELECT z.art, z.anzahl FROM (VALUES
    ('faelle', (SELECT count(*) FROM faelle)),
    ('fallnotizen', (SELECT count(*) FROM {schema}.cases_fallnotiz n JOIN faelle ON n.hilfefall_id = faelle.id)),
    ('nachrichten', (SELECT count(*) FROM {schema}.gespraeche_gespraechsnachricht n
        JOIN gespraeche ON n.gespraech_id = gespraeche.id)),
    ('anvertraute', (SELECT count(*) FROM anvertraute)),
    ('weitergaben', (SELECT count(*) FROM {schema}.cases_notizfreigabe f JOIN anvertraute a ON f.notiz_id = a.id)),
    ('freigaben', (SELECT count(*) FROM {schema}.cases_hilfefalluserobjectpermission r
        JOIN faelle ON r.content_object_id = faelle.id)
        + (SELECT count(*) FROM {schema}.cases_fallfreigabe f JOIN faelle ON f.hilfefall_id = faelle.id)),
    ('uebergaben', (SELECT count(*) FROM {schema}.cases_falluebergabe u JOIN faelle ON u.hilfefall_id = faelle.id)
        + (SELECT count(*) FROM {schema}.cases_fallverknuepfung v WHERE v.hilfefall_id IN (SELECT id FROM faelle)
            OR v.verbunden_id IN (SELECT id FROM faelle))),
    ('auskuenfte', (SELECT count(*) FROM {schema}.privacy_auskunft a JOIN personen ON a.klient_id = personen.id)
        + (SELECT count(*) FROM {schema}.privacy_feldvermerk v JOIN personen ON v.klient_id = personen.id)
        + (SELECT count(*) FROM {schema}.audit_freigabe f JOIN kennungen ON f.objekt_id = kennungen.id)),
    ('entwuerfe', (SELECT count(*) FROM {schema}.drafts_entwurf e WHERE EXISTS (SELECT 1 FROM kennungen
        WHERE strpos(e.pfad || ' ' || e.seite, kennungen.id::text) > 0)))) z(art, anzahl)"""

_VERMERKE = """UPDATE {schema}.placements_auswahlvermerk v SET begruendung = CASE WHEN v.begruendung = '' THEN ''
    ELSE 'gelöscht' END, kriterien = '{}'::jsonb, wuensche = ''::bytea, pruefsumme = '', salz = ''
    FROM {schema}.placements_suche s WHERE s.id = v.suche_id AND (v.klient_id = person OR s.klient_id = person OR EXISTS
    (SELECT 1 FROM {schema}.placements_reservierung r WHERE r.auswahlvermerk_id = v.id AND r.klient_id = person))
    AND EXISTS ({erlaubt})""".replace("{erlaubt}", _ERLAUBT)

#: Of the people asked for, whom the acting person sees: those with a sealed case, hidden from her, that is open or was
#: closed too short a while ago. Not which, nor why; and the day and the term of the office are no arguments, so that
#: nobody finds out a date by asking often. Only for those who prepare and approve runs (`policies.may_read_runs`).
_VERDECKT_GEBRAUCHT = """WITH heute AS (SELECT (now() AT TIME ZONE {zone})::date AS tag),
frist AS (SELECT make_interval(years => coalesce((
    SELECT CASE WHEN (<gilt>) THEN wert::numeric::integer END
      FROM {schema}.vorgaben_vorgabewert w JOIN {schema}.vorgaben_vorgabebestaetigung b ON b.vorgabewert_id = w.id
     CROSS JOIN heute WHERE w.vorgabe = '<code>' AND w.gueltig_ab <= heute.tag
     ORDER BY w.gueltig_ab DESC, w.created_at DESC LIMIT 1), <jahre>)) AS dauer),
verdeckt AS (SELECT cases_hilfefall.klient_id, cases_hilfefall.zustand,
    coalesce(abgeschlossen_am, (created_at AT TIME ZONE {zone})::date) AS tag
    FROM {schema}.cases_hilfefall WHERE NOT (<fall>))
SELECT cases_klient.id FROM {schema}.cases_klient CROSS JOIN heute CROSS JOIN frist
 WHERE cases_klient.id = ANY (personen) AND (<person>)
   AND EXISTS (SELECT 1 FROM public.accounts_membership m
         JOIN public.accounts_user u ON u.id = m.user_id AND u.is_active
         JOIN public.tenants_tenant t ON t.id = m.tenant_id AND t.schema_name = '{schema}'
        WHERE m.user_id = sojus_user() AND m.rolle IN ('DATENSCHUTZ', 'JUGENDAMTSLEITUNG')
          AND m.gueltig_ab <= heute.tag AND (m.gueltig_bis IS NULL OR m.gueltig_bis > heute.tag))
   AND EXISTS (SELECT 1 FROM verdeckt v WHERE v.klient_id = cases_klient.id AND (v.zustand <> 'ABGESCHLOSSEN'
        OR greatest((v.tag + 1 + frist.dauer)::date, (v.tag + frist.dauer)::date + 1) > heute.tag))"""
_VERDECKT_GEBRAUCHT = (
    _VERDECKT_GEBRAUCHT.replace("<fall>", FALL_NICHT_GESPERRT)
    .replace("<person>", NICHT_GESPERRT)
    .replace("<code>", EINSCHRAENKUNG_JAHRE.code)
    .replace("<gilt>", EINSCHRAENKUNG_JAHRE.condition())
    .replace("<jahre>", str(EINSCHRAENKUNG_JAHRE.voreinstellung()))
)

_ZEILEN = "TABLE (art text, anzahl bigint)"
LOESCHFUNKTIONEN: tuple[DefinerFunction, ...] = (
    DefinerFunction("privacy_person_leeren", "lauf uuid, person uuid", _ZEILEN, _LEEREN),
    # The selection record is append only for the tenant's role. Only an approved run may empty it.
    DefinerFunction("privacy_vermerke_leeren", "lauf uuid, person uuid", "void", _VERMERKE),
    DefinerFunction("privacy_umfang", "lauf uuid", _ZEILEN, _UMFANG),
    DefinerFunction("privacy_verdeckt_gebraucht", "personen uuid[]", "TABLE (person uuid)", _VERDECKT_GEBRAUCHT),
)
