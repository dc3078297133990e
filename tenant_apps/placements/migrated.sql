-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION {schema}.placements_aufenthalt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.hilfeart_id = OLD.hilfeart_id THEN
    NEW.ist_aufenthalt := OLD.ist_aufenthalt;
    RETURN NEW;
  END IF;
  SELECT h.form = 'STATIONAER' INTO STRICT NEW.ist_aufenthalt
    FROM public.catalogue_hilfeart h WHERE h.id = NEW.hilfeart_id;
  IF NEW.ueberlagerung <> '' AND NEW.ueberlagerung_grund = '' THEN
    RAISE EXCEPTION 'a stay that lies over another one has a reason'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'buchung_ueberlagerung_mit_grund', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END
$function$;
CREATE TRIGGER placements_aufenthalt BEFORE INSERT OR UPDATE OF hilfeart_id, ist_aufenthalt ON {schema}.placements_buchung FOR EACH ROW EXECUTE FUNCTION {schema}.placements_aufenthalt();

CREATE OR REPLACE FUNCTION {schema}.placements_fall_ist_offen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  stand text;
BEGIN
  EXECUTE format('SELECT zustand FROM %I.cases_hilfefall WHERE id = $1 FOR NO KEY UPDATE', TG_TABLE_SCHEMA)
     INTO stand USING NEW.hilfefall_id;
  IF stand = 'ABGESCHLOSSEN' THEN
    RAISE EXCEPTION 'a closed case takes no help'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fall_abgeschlossen', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER placements_fall_bleibt_offen AFTER UPDATE OF zustand, hilfefall_id ON {schema}.placements_buchung FOR EACH ROW WHEN ((((new.zustand)::text = ANY (ARRAY['GEBUCHT'::text, 'LAUFEND'::text])) AND (((old.zustand)::text <> ALL (ARRAY['GEBUCHT'::text, 'LAUFEND'::text])) OR (new.hilfefall_id <> old.hilfefall_id)))) EXECUTE FUNCTION {schema}.placements_fall_ist_offen();
CREATE TRIGGER placements_fall_ist_offen AFTER INSERT ON {schema}.placements_buchung FOR EACH ROW WHEN (((new.zustand)::text = ANY (ARRAY['GEBUCHT'::text, 'LAUFEND'::text]))) EXECUTE FUNCTION {schema}.placements_fall_ist_offen();
CREATE TRIGGER placements_fall_bleibt_offen AFTER UPDATE OF zustand, hilfefall_id ON {schema}.placements_reservierung FOR EACH ROW WHEN ((((new.zustand)::text = ANY (ARRAY['RESERVIERT'::text, 'ZUGESTIMMT'::text])) AND (((old.zustand)::text <> ALL (ARRAY['RESERVIERT'::text, 'ZUGESTIMMT'::text])) OR (new.hilfefall_id <> old.hilfefall_id)))) EXECUTE FUNCTION {schema}.placements_fall_ist_offen();
CREATE TRIGGER placements_fall_ist_offen AFTER INSERT ON {schema}.placements_reservierung FOR EACH ROW WHEN (((new.zustand)::text = ANY (ARRAY['RESERVIERT'::text, 'ZUGESTIMMT'::text]))) EXECUTE FUNCTION {schema}.placements_fall_ist_offen();

CREATE OR REPLACE FUNCTION {schema}.placements_nachgetragen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  EXECUTE format(
    'UPDATE %I.placements_nachtaufnahme SET nachgetragen_at = now() WHERE klient_id = $1 AND nachgetragen_at IS NULL',
    TG_TABLE_SCHEMA) USING NEW.id;
  RETURN NULL;
END
$function$;
CREATE TRIGGER placements_nachgetragen AFTER UPDATE OF vorname, nachname, geburtsdatum ON {schema}.cases_klient FOR EACH ROW WHEN (((octet_length(new.vorname) > 0) AND (octet_length(new.nachname) > 0) AND (octet_length(new.geburtsdatum) > 0) AND ((octet_length(old.vorname) = 0) OR (octet_length(old.nachname) = 0) OR (octet_length(old.geburtsdatum) = 0)))) EXECUTE FUNCTION {schema}.placements_nachgetragen();

CREATE OR REPLACE FUNCTION {schema}.placements_nacht_fall()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  EXECUTE format('UPDATE %I.placements_nachtaufnahme SET fall_offen = $2 WHERE hilfefall_id = $1', TG_TABLE_SCHEMA)
    USING NEW.id, NEW.zustand <> 'ABGESCHLOSSEN';
  RETURN NULL;
END
$function$;
CREATE TRIGGER placements_nacht_fall AFTER UPDATE OF zustand ON {schema}.cases_hilfefall FOR EACH ROW WHEN ((((old.zustand)::text = 'ABGESCHLOSSEN'::text) <> ((new.zustand)::text = 'ABGESCHLOSSEN'::text))) EXECUTE FUNCTION {schema}.placements_nacht_fall();

CREATE OR REPLACE FUNCTION {schema}.placements_nacht_neu()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  EXECUTE format('SELECT coalesce((SELECT zustand <> ''ABGESCHLOSSEN'' FROM %1$I.cases_hilfefall WHERE id = $1), TRUE),'
    ' coalesce((SELECT pkz_index = '''' FROM %1$I.cases_klient WHERE id = $2), TRUE)', TG_TABLE_SCHEMA)
    INTO NEW.fall_offen, NEW.pkz_fehlt USING NEW.hilfefall_id, NEW.klient_id;
  RETURN NEW;
END
$function$;
CREATE TRIGGER placements_nacht_neu BEFORE INSERT ON {schema}.placements_nachtaufnahme FOR EACH ROW EXECUTE FUNCTION {schema}.placements_nacht_neu();

CREATE OR REPLACE FUNCTION {schema}.placements_nacht_pkz()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  EXECUTE format('UPDATE %I.placements_nachtaufnahme SET pkz_fehlt = $2 WHERE klient_id = $1', TG_TABLE_SCHEMA)
    USING NEW.id, NEW.pkz_index = '';
  RETURN NULL;
END
$function$;
CREATE TRIGGER placements_nacht_pkz AFTER UPDATE OF pkz_index ON {schema}.cases_klient FOR EACH ROW WHEN ((((old.pkz_index)::text = ''::text) <> ((new.pkz_index)::text = ''::text))) EXECUTE FUNCTION {schema}.placements_nacht_pkz();

CREATE OR REPLACE FUNCTION {schema}.placements_nacht_schritt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  EXECUTE format('UPDATE %1$I.placements_nachtaufnahme SET pflichten_erledigt ='
    ' (SELECT count(*) FROM %1$I.placements_nachtschritt WHERE nachtaufnahme_id = $1) WHERE id = $1', TG_TABLE_SCHEMA)
    USING CASE WHEN TG_OP = 'DELETE' THEN OLD.nachtaufnahme_id ELSE NEW.nachtaufnahme_id END;
  RETURN NULL;
END
$function$;
CREATE TRIGGER placements_nacht_schritt AFTER INSERT OR DELETE ON {schema}.placements_nachtschritt FOR EACH ROW EXECUTE FUNCTION {schema}.placements_nacht_schritt();

CREATE OR REPLACE FUNCTION {schema}.placements_naechte()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  war datemultirange;
  unten datemultirange;
  klient uuid;
  beginn date;
  letzter date;
  ende date;
  wechsel date;
BEGIN
  war := coalesce(OLD.allein, '{}');
  NEW.allein := '{}';
  NEW.ueberlagernd := '{}';
  IF NOT NEW.ist_aufenthalt AND isempty(war) THEN
    RETURN NEW;
  END IF;
  FOR klient IN SELECT DISTINCT k FROM unnest(ARRAY[OLD.klient_id, NEW.klient_id]) k WHERE k IS NOT NULL ORDER BY k LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('naechte.' || TG_TABLE_SCHEMA || klient, 0));
  END LOOP;
  IF NOT NEW.ist_aufenthalt OR NEW.zustand = 'STORNIERT' THEN
    RETURN NEW;
  END IF;
  IF NEW.klient_id IS DISTINCT FROM OLD.klient_id THEN
    war := '{}';
  END IF;
  EXECUTE format('SELECT coalesce(range_agg(allein), ''{}'') FROM %I.placements_buchung'
    ' WHERE klient_id = $1 AND ist_aufenthalt AND id <> $2', TG_TABLE_SCHEMA)
     INTO unten USING NEW.klient_id, NEW.id;
  beginn := coalesce(NEW.beginn_tatsaechlich, lower(NEW.zeitraum));
  letzter := coalesce(NEW.ende_tatsaechlich, upper(NEW.zeitraum) - 1, 'infinity');
  ende := greatest(letzter, beginn + 1);
  wechsel := CASE WHEN NEW.ueberlagerung_bis IS NULL THEN beginn WHEN NEW.ueberlagerung_bis >= letzter THEN ende
                  ELSE greatest(beginn, NEW.ueberlagerung_bis) END;
  NEW.ueberlagernd := datemultirange(daterange(beginn, wechsel)) * unten - war;
  NEW.allein := datemultirange(daterange(beginn, ende)) - NEW.ueberlagernd;
  RETURN NEW;
END
$function$;
CREATE TRIGGER placements_naechte BEFORE INSERT OR UPDATE OF klient_id, hilfeart_id, ist_aufenthalt, zustand, zeitraum, beginn_tatsaechlich, ende_tatsaechlich, ueberlagerung_bis, allein, ueberlagernd ON {schema}.placements_buchung FOR EACH ROW EXECUTE FUNCTION {schema}.placements_naechte();

CREATE OR REPLACE FUNCTION {schema}.placements_naechte_frei()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  frei datemultirange := OLD.allein;
  andere uuid;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.klient_id = OLD.klient_id THEN
    frei := OLD.allein - NEW.allein;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('naechte.' || TG_TABLE_SCHEMA || OLD.klient_id, 0));
  FOR andere IN EXECUTE format('SELECT id FROM %I.placements_buchung WHERE klient_id = $1 AND ist_aufenthalt'
    ' AND ueberlagernd && $2 ORDER BY gebucht_at, id', TG_TABLE_SCHEMA) USING OLD.klient_id, frei
  LOOP
    EXECUTE format('UPDATE %I.placements_buchung SET ueberlagernd = ueberlagernd WHERE id = $1', TG_TABLE_SCHEMA)
      USING andere;
  END LOOP;
  RETURN NULL;
END
$function$;
CREATE TRIGGER placements_naechte_frei AFTER UPDATE ON {schema}.placements_buchung FOR EACH ROW WHEN (((old.allein <> new.allein) OR (old.klient_id <> new.klient_id))) EXECUTE FUNCTION {schema}.placements_naechte_frei();
CREATE TRIGGER placements_naechte_weg AFTER DELETE ON {schema}.placements_buchung FOR EACH ROW EXECUTE FUNCTION {schema}.placements_naechte_frei();

CREATE OR REPLACE FUNCTION {schema}.placements_nichts_laeuft()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  laeuft boolean;
BEGIN
  EXECUTE format(
    'SELECT EXISTS (SELECT FROM %1$I.placements_reservierung r WHERE r.hilfefall_id = $1'
    ' AND r.zustand IN (''RESERVIERT'', ''ZUGESTIMMT'') AND r.ablauf_at > now())'
    ' OR EXISTS (SELECT FROM %1$I.placements_buchung b WHERE b.hilfefall_id = $1'
    ' AND (b.zustand IN (''GEBUCHT'', ''LAUFEND'') OR b.ende_tatsaechlich > $2))', TG_TABLE_SCHEMA)
     INTO laeuft USING NEW.id, NEW.abgeschlossen_am;
  IF laeuft THEN
    RAISE EXCEPTION 'a case with a living help is not closed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fall_laeuft_noch', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER placements_nichts_laeuft AFTER INSERT OR UPDATE OF zustand, abgeschlossen_am ON {schema}.cases_hilfefall FOR EACH ROW WHEN (((new.zustand)::text = 'ABGESCHLOSSEN'::text)) EXECUTE FUNCTION {schema}.placements_nichts_laeuft();

CREATE OR REPLACE FUNCTION {schema}.placements_vermerk_anketten()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  erster record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('auswahlvermerk.' || TG_TABLE_SCHEMA));
  EXECUTE format('SELECT nummer, siegel FROM %I.placements_auswahlvermerk ORDER BY nummer DESC LIMIT 1',
    TG_TABLE_SCHEMA) INTO NEW.nummer, NEW.vorgaenger;
  NEW.nummer := coalesce(NEW.nummer, 0) + 1;
  NEW.vorgaenger := coalesce(NEW.vorgaenger, '');
  NEW.created_at := clock_timestamp();
  NEW.klient_id := coalesce(NEW.klient_id, (NEW.kriterien ->> 'klient')::uuid);
  IF NEW.fachkraft_id <> coalesce(public.sojus_user(), NEW.fachkraft_id) THEN
    RAISE EXCEPTION 'a choice is written by whoever makes it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'auswahlvermerk_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.nachtrag_zu_id IS NULL THEN
    IF NEW.klient_id IS DISTINCT FROM (NEW.kriterien ->> 'klient')::uuid OR NEW.klient_id IS NULL THEN
      RAISE EXCEPTION 'a choice is for the person its criteria name'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'auswahlvermerk_fuer_die_person', TABLE = TG_TABLE_NAME;
    END IF;
  ELSE
    EXECUTE format('SELECT klient_id, suche_id, nachtrag_zu_id FROM %I.placements_auswahlvermerk WHERE id = $1',
      TG_TABLE_SCHEMA) INTO erster USING NEW.nachtrag_zu_id;
    IF erster.klient_id <> NEW.klient_id OR NEW.klient_id IS NULL OR erster.suche_id <> NEW.suche_id
       OR erster.nachtrag_zu_id IS NOT NULL THEN
      RAISE EXCEPTION 'a note corrects the first one of the same person'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'auswahlvermerk_zum_ersten', TABLE = TG_TABLE_NAME;
    END IF;
  END IF;
  SELECT encode(sha256(convert_to(string_agg(encode(sha256(teil), 'hex'), '' ORDER BY n), 'UTF8')), 'hex')
    INTO NEW.pruefsumme
    FROM unnest(ARRAY[convert_to(NEW.suche_id::text, 'UTF8'), convert_to(NEW.fachkraft_name, 'UTF8'),
      convert_to(NEW.kriterien::text, 'UTF8'), convert_to(NEW.angebote::text, 'UTF8'),
      convert_to(coalesce(NEW.angebot_id::text, ''), 'UTF8'), convert_to(NEW.rang::text, 'UTF8'),
      convert_to(NEW.anzahl::text, 'UTF8'), convert_to(NEW.im_guenstigsten_drittel::text, 'UTF8'),
      convert_to(NEW.begruendung, 'UTF8'), NEW.wuensche, convert_to(coalesce(NEW.ersparnis::text, ''), 'UTF8')
    ]::bytea[]) WITH ORDINALITY t(teil, n);
  NEW.fassung := 2;
  NEW.salz := encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex');
  NEW.abdruck := encode(sha256(convert_to(NEW.salz || '|' || NEW.pruefsumme, 'UTF8')), 'hex');
  NEW.siegel := encode(sha256(convert_to(concat_ws('|', NEW.fassung, NEW.nummer, NEW.vorgaenger, NEW.id,
    (extract(epoch FROM NEW.created_at) * 1000000)::bigint, NEW.fachkraft_id, NEW.klient_id,
    coalesce(NEW.nachtrag_zu_id::text, ''), NEW.abdruck), 'UTF8')), 'hex');
  RETURN NEW;
END
$function$;
CREATE TRIGGER placements_vermerk_anketten BEFORE INSERT ON {schema}.placements_auswahlvermerk FOR EACH ROW EXECUTE FUNCTION {schema}.placements_vermerk_anketten();
