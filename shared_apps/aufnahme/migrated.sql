-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION public.aufnahme_antrag_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.zustand NOT IN ('UNBESTAETIGT', 'GEPRUEFT') OR (NEW.zustand = 'GEPRUEFT') <> (NEW.token_hash = '') THEN
      RAISE EXCEPTION 'an application begins unconfirmed, or entered by the office'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_beginnt', TABLE = TG_TABLE_NAME;
    END IF;
    IF jsonb_typeof(NEW.einrichtungen) <> 'array' OR NOT EXISTS (
         SELECT FROM tenants_tenant t WHERE t.id = NEW.tenant_id AND t.kuerzel = NEW.einrichtungen->0->>'kreis') THEN
      RAISE EXCEPTION 'the office in whose district the first facility is decides'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_amt_am_standort', TABLE = TG_TABLE_NAME;
    END IF;
    IF NEW.zustand = 'UNBESTAETIGT' AND 3 <= (
         SELECT count(*) FROM aufnahme_aufnahmeantrag a
          WHERE a.person_email = NEW.person_email AND a.id <> NEW.id
            AND (a.zustand IN ('OFFEN', 'GEPRUEFT') OR (a.zustand = 'UNBESTAETIGT' AND a.expires_at > now()))) THEN
      RAISE EXCEPTION 'three applications of this address wait'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_je_adresse', TABLE = TG_TABLE_NAME;
    END IF;
  ELSE
    IF (NEW.name, NEW.rechtsform, NEW.register_nr, NEW.dachverband, NEW.anerkennung, NEW.steuerstatus, NEW.strasse,
        NEW.plz, NEW.ort, NEW.telefon, NEW.email, NEW.web, NEW.ansprechpartner, NEW.einrichtungen, NEW.vorname,
        NEW.nachname, NEW.person_email, NEW.tenant_id, NEW.token_hash, NEW.expires_at, NEW.created_at)
       IS DISTINCT FROM
       (OLD.name, OLD.rechtsform, OLD.register_nr, OLD.dachverband, OLD.anerkennung, OLD.steuerstatus, OLD.strasse,
        OLD.plz, OLD.ort, OLD.telefon, OLD.email, OLD.web, OLD.ansprechpartner, OLD.einrichtungen, OLD.vorname,
        OLD.nachname, OLD.person_email, OLD.tenant_id, OLD.token_hash, OLD.expires_at, OLD.created_at)
       OR (OLD.vorgeschlagen_von_id IS NOT NULL
           AND (NEW.vorgeschlagen_von_id, NEW.vorgeschlagen_at)
               IS DISTINCT FROM (OLD.vorgeschlagen_von_id, OLD.vorgeschlagen_at))
       OR (NEW.vorhandener_id IS DISTINCT FROM OLD.vorhandener_id
           AND (OLD.zustand, NEW.zustand) <> ('OFFEN', 'GEPRUEFT')) THEN
      RAISE EXCEPTION 'what was applied for, and who checked it, stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_bleibt', TABLE = TG_TABLE_NAME;
    END IF;
    IF (OLD.zustand, NEW.zustand) NOT IN (
         ('UNBESTAETIGT', 'OFFEN'), ('OFFEN', 'GEPRUEFT'), ('OFFEN', 'ABGELEHNT'), ('OFFEN', 'ZURUECKGEZOGEN'),
         ('GEPRUEFT', 'AUFGENOMMEN'), ('GEPRUEFT', 'ABGELEHNT'), ('GEPRUEFT', 'ZURUECKGEZOGEN')) THEN
      RAISE EXCEPTION 'no way leads from % to %', OLD.zustand, NEW.zustand
        USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_schritt', TABLE = TG_TABLE_NAME;
    END IF;
  END IF;
  IF who IS NULL THEN
    RETURN NULL;
  END IF;
  IF (NEW.zustand = 'GEPRUEFT'
      AND NOT (NEW.vorgeschlagen_von_id = who AND aufnahme_signiert(who, NEW.tenant_id)))
     OR (NEW.zustand IN ('AUFGENOMMEN', 'ABGELEHNT')
         AND NOT (NEW.entschieden_von_id = who AND aufnahme_signiert(who, NEW.tenant_id)))
     OR (NEW.zustand = 'ZURUECKGEZOGEN' AND NEW.token_hash = ''
         AND NOT (NEW.vorgeschlagen_von_id = who AND NEW.entschieden_von_id IS NOT DISTINCT FROM who)) THEN
    RAISE EXCEPTION 'people of the deciding office sign, each in her own name'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_unterschrift', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand IN ('GEPRUEFT', 'AUFGENOMMEN') AND EXISTS (
       SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
        WHERE accounts_postfach(u.email) = accounts_postfach(NEW.person_email) AND m.tenant_id = NEW.tenant_id
          AND (m.gueltig_bis IS NULL OR m.gueltig_bis > (now() AT TIME ZONE 'Europe/Berlin')::date)) THEN
    RAISE EXCEPTION 'nobody of the deciding office administers the provider'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_fremde_person', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand = 'AUFGENOMMEN' AND providers_ist_dieselbe(NEW.vorgeschlagen_von_id, NEW.entschieden_von_id) THEN
    RAISE EXCEPTION 'the second signature is of another person, not of another account of hers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_dieselbe', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand IN ('GEPRUEFT', 'AUFGENOMMEN', 'ABGELEHNT') AND EXISTS (
       SELECT FROM accounts_membership m
        WHERE m.anbieter_id = NEW.vorhandener_id AND providers_ist_dieselbe(who, m.user_id)) THEN
    RAISE EXCEPTION 'nobody decides for an office about a provider that she works for, or ever did'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_befangen', TABLE = TG_TABLE_NAME;
  END IF;
  -- A provider that stands in the register: it has a facility here and nobody who administers it. Its row is held, so
  -- that of several who sign for it at once the later ones see the first.
  IF NEW.vorhandener_id IS NOT NULL AND NEW.zustand IN ('GEPRUEFT', 'AUFGENOMMEN') THEN
    PERFORM FROM providers_anbieter p WHERE p.id = NEW.vorhandener_id FOR NO KEY UPDATE;
    IF NOT aufnahme_unverwaltet(NEW.vorhandener_id, NEW.tenant_id, NEW.membership_id) THEN
      RAISE EXCEPTION 'only a provider of this district whom nobody administers gets a first administration'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_unverwaltet', TABLE = TG_TABLE_NAME;
    END IF;
  END IF;
  IF NEW.zustand = 'AUFGENOMMEN' AND NEW.vorhandener_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM accounts_membership m
         JOIN journal_journaleintrag j ON j.tabelle = 'accounts_membership' AND j.zeile = m.id::text
              AND j.art = 'ANLEGEN' AND j.user_id = who
         JOIN accounts_user u ON u.id = m.user_id AND u.email = NEW.person_email
        WHERE m.id = NEW.membership_id AND m.anbieter_id = NEW.vorhandener_id AND NEW.anbieter_id = NEW.vorhandener_id
          AND m.rolle = 'ANBIETER' AND m.verwaltet AND m.einrichtung_id IS NULL AND m.deputy_of_id IS NULL) THEN
    RAISE EXCEPTION 'who is admitted for a provider of the register is the person who was named'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_erste_verwaltung', TABLE = TG_TABLE_NAME;
  END IF;
  -- A new provider was entered by whoever admits it, under the name that was applied for; the role is the first there,
  -- and of the person who was named.
  IF NEW.zustand = 'AUFGENOMMEN' AND NEW.vorhandener_id IS NULL AND NOT EXISTS (
       SELECT FROM providers_anbieter p
         JOIN journal_journaleintrag j ON j.tabelle = 'providers_anbieter' AND j.zeile = p.id::text
              AND j.art = 'ANLEGEN' AND j.user_id = who
         JOIN accounts_membership m ON m.anbieter_id = p.id AND m.id = NEW.membership_id
         JOIN accounts_user u ON u.id = m.user_id AND u.email = NEW.person_email
        WHERE p.id = NEW.anbieter_id AND p.name = NEW.name AND m.rolle = 'ANBIETER' AND m.verwaltet
          AND m.einrichtung_id IS NULL AND m.deputy_of_id IS NULL
          AND NOT EXISTS (SELECT FROM accounts_membership z WHERE z.anbieter_id = p.id AND z.id <> m.id)) THEN
    RAISE EXCEPTION 'what was admitted is a new provider with the administration that was applied for'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_erste_verwaltung', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER aufnahme_antrag_geprueft AFTER INSERT OR UPDATE ON public.aufnahme_aufnahmeantrag FOR EACH ROW EXECUTE FUNCTION public.aufnahme_antrag_pruefen();

CREATE OR REPLACE FUNCTION public.aufnahme_beantworten(beleg text, nach text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE aufnahme_aufnahmeantrag
     SET zustand = nach,
         bestaetigt_at = CASE WHEN nach = 'OFFEN' THEN now() ELSE bestaetigt_at END,
         entschieden_at = CASE WHEN nach = 'ZURUECKGEZOGEN' THEN now() END
   WHERE beleg <> '' AND token_hash = beleg
     AND ((nach = 'OFFEN' AND zustand = 'UNBESTAETIGT' AND expires_at > now())
          OR (nach = 'ZURUECKGEZOGEN' AND zustand IN ('OFFEN', 'GEPRUEFT')));
  RETURN FOUND;
END
$function$;

CREATE OR REPLACE FUNCTION public.aufnahme_signiert(wer uuid, amt bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT EXISTS (
    SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
     WHERE m.user_id = wer AND m.tenant_id = amt AND m.rolle IN ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN')
       AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date)
$function$;

CREATE OR REPLACE FUNCTION public.aufnahme_stand(beleg text)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT a.zustand FROM aufnahme_aufnahmeantrag a
   WHERE beleg <> '' AND a.token_hash = beleg AND (a.zustand <> 'UNBESTAETIGT' OR a.expires_at > now())
$function$;

CREATE OR REPLACE FUNCTION public.aufnahme_unverwaltet(wen uuid, amt bigint, ausser uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT EXISTS (
    SELECT FROM providers_anbieter p
      JOIN tenants_tenant t ON t.id = amt
      JOIN regions_gebietskoerperschaft g ON g.kuerzel = t.kuerzel
     WHERE p.id = wen AND providers_amt_prueft(p.id, g.id)
       AND (p.gueltig_bis IS NULL OR p.gueltig_bis > (now() AT TIME ZONE 'Europe/Berlin')::date))
   AND NOT EXISTS (
    SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
     WHERE m.anbieter_id = wen AND m.verwaltet AND m.id IS DISTINCT FROM ausser
       AND (m.gueltig_bis IS NULL OR m.gueltig_bis > (now() AT TIME ZONE 'Europe/Berlin')::date))
$function$;

CREATE OR REPLACE FUNCTION public.members_aufgenommen(rolle uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT EXISTS (
    SELECT FROM aufnahme_aufnahmeantrag a JOIN accounts_membership m ON m.id = a.membership_id
     WHERE m.id = members_aufgenommen.rolle AND a.zustand = 'AUFGENOMMEN' AND a.anbieter_id = m.anbieter_id
       AND m.rolle = 'ANBIETER' AND m.einrichtung_id IS NULL AND m.deputy_of_id IS NULL)
$function$;
