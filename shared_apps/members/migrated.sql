-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION public.members_antrag_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
  day date := (now() AT TIME ZONE 'Europe/Berlin')::date;
  leads boolean := NEW.rolle = ANY (members_leitende_rollen());
BEGIN
  IF TG_OP = 'INSERT' AND NEW.zustand <> 'BEANTRAGT' THEN
    RAISE EXCEPTION 'a request begins open'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_beginnt_offen', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.zustand <> 'BEANTRAGT' THEN
    RAISE EXCEPTION 'a decided request stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.user_id, NEW.tenant_id, NEW.koerperschaft, NEW.rolle, NEW.gueltig_ab, NEW.gueltig_bis,
                           NEW.deputy_of_id, NEW.beantragt_von_id, NEW.anbieter_id, NEW.verwaltet, NEW.team)
     IS DISTINCT FROM (OLD.user_id, OLD.tenant_id, OLD.koerperschaft, OLD.rolle, OLD.gueltig_ab, OLD.gueltig_bis,
                       OLD.deputy_of_id, OLD.beantragt_von_id, OLD.anbieter_id, OLD.verwaltet, OLD.team) THEN
    RAISE EXCEPTION 'what was proposed, and by whom, does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF (TG_OP = 'INSERT' AND public.providers_ist_dieselbe(NEW.beantragt_von_id, NEW.user_id))
     OR (TG_OP = 'UPDATE' AND (public.providers_ist_dieselbe(NEW.entschieden_von_id, NEW.beantragt_von_id)
                               OR public.providers_ist_dieselbe(NEW.entschieden_von_id, NEW.user_id))) THEN
    RAISE EXCEPTION 'who proposes, who gets the role and who decides are three people, not three accounts'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_dieselbe', TABLE = TG_TABLE_NAME;
  END IF;
  IF who IS NULL THEN
    RETURN NULL;
  END IF;
  IF (TG_OP = 'INSERT' AND NEW.beantragt_von_id <> who)
     OR (TG_OP = 'UPDATE' AND NEW.entschieden_von_id IS DISTINCT FROM OLD.entschieden_von_id
         AND NEW.entschieden_von_id IS DISTINCT FROM who) THEN
    RAISE EXCEPTION 'nobody proposes or decides in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.zustand = 'BEWILLIGT'
     AND NEW.deputy_of_id IS DISTINCT FROM who -- the represented person consents
     AND NOT EXISTS (
       SELECT FROM accounts_membership m
        WHERE m.user_id = who AND daterange(m.gueltig_ab, m.gueltig_bis) @> day AND (
          (m.tenant_id = NEW.tenant_id
           AND (m.rolle = 'JUGENDAMTSLEITUNG' OR (m.rolle = 'TENANT_ADMIN' AND NOT leads)))
          OR (m.rolle = 'BETRIEB' AND (NEW.tenant_id IS NULL OR (NEW.auftrag <> '' AND NOT EXISTS (
            SELECT FROM accounts_membership z JOIN accounts_user u ON u.id = z.user_id AND u.is_active
             WHERE z.tenant_id = NEW.tenant_id AND daterange(z.gueltig_ab, z.gueltig_bis) @> day
               AND (z.rolle = 'JUGENDAMTSLEITUNG' OR (z.rolle = 'TENANT_ADMIN' AND NOT leads))
               AND NOT public.providers_ist_dieselbe(z.user_id, NEW.beantragt_von_id)
               AND NOT public.providers_ist_dieselbe(z.user_id, NEW.user_id))))))) THEN
    RAISE EXCEPTION 'the second person has no right to decide this request'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_zweite_person', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER members_antrag_geprueft AFTER INSERT OR UPDATE ON public.members_mitgliedschaftsantrag FOR EACH ROW EXECUTE FUNCTION public.members_antrag_pruefen();

CREATE OR REPLACE FUNCTION public.members_leitende_rollen()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT ARRAY['BETRIEB', 'DATENSCHUTZ', 'JUGENDAMTSLEITUNG', 'LANDESJUGENDAMT', 'MINISTERIUM', 'PRUEFUNG',
               'TEAMLEITUNG', 'TENANT_ADMIN']
$function$;

CREATE OR REPLACE FUNCTION public.members_vier_augen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  row_now accounts_membership%ROWTYPE;
  who uuid;
BEGIN
  SELECT * INTO row_now FROM accounts_membership WHERE id = NEW.id;
  IF NOT FOUND OR isempty(daterange(row_now.gueltig_ab, row_now.gueltig_bis))
     OR (row_now.rolle <> ALL (members_zu_zweit_rollen())
         AND row_now.deputy_of_id IS NULL AND row_now.anbieter_id IS NULL) THEN
    RETURN NULL;
  END IF;
  -- Ending only narrows a role, and must always be possible; so does another team for who leads none.
  IF TG_OP = 'UPDATE' AND NEW.rolle = OLD.rolle AND NEW.verwaltet <= OLD.verwaltet
     AND (NEW.team = OLD.team OR NEW.rolle <> 'TEAMLEITUNG')
     AND daterange(NEW.gueltig_ab, NEW.gueltig_bis) <@ daterange(OLD.gueltig_ab, OLD.gueltig_bis)
     AND (NEW.user_id, NEW.tenant_id, NEW.koerperschaft, NEW.deputy_of_id, NEW.anbieter_id, NEW.einrichtung_id)
         IS NOT DISTINCT FROM
         (OLD.user_id, OLD.tenant_id, OLD.koerperschaft, OLD.deputy_of_id, OLD.anbieter_id, OLD.einrichtung_id) THEN
    RETURN NULL;
  END IF;
  -- Set-up: a process that logs in with the owner's rights (onboarding, demo world). The application cannot.
  IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NULL;
  END IF;
  -- Who administers a provider sees all of it already: what she gives there widens nothing. The journal says who.
  IF TG_OP = 'INSERT' AND row_now.anbieter_id IS NOT NULL THEN
    SELECT j.user_id INTO who FROM journal_journaleintrag j
     WHERE j.tabelle = 'accounts_membership' AND j.zeile = row_now.id::text AND j.art = 'ANLEGEN';
  END IF;
  IF who <> row_now.user_id AND EXISTS (
       SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        WHERE m.user_id = who AND m.anbieter_id = row_now.anbieter_id AND m.verwaltet
          AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date) THEN
    RETURN NULL;
  END IF;
  -- The first of a provider that two people of an office have admitted.
  IF TG_OP = 'INSERT' AND row_now.verwaltet AND members_aufgenommen(row_now.id) THEN
    RETURN NULL;
  END IF;
  -- A row that begins. To widen one that exists (also one that has ended) is to give it anew.
  IF TG_OP = 'UPDATE' OR NOT EXISTS (
       SELECT FROM members_mitgliedschaftsantrag a
        WHERE a.membership_id = row_now.id AND a.zustand = 'BEWILLIGT' AND a.user_id = row_now.user_id
          AND a.rolle = row_now.rolle AND a.koerperschaft = row_now.koerperschaft
          AND (a.team = row_now.team OR a.rolle <> 'TEAMLEITUNG') AND a.verwaltet >= row_now.verwaltet
          AND (a.tenant_id, a.deputy_of_id, a.anbieter_id)
              IS NOT DISTINCT FROM (row_now.tenant_id, row_now.deputy_of_id, row_now.anbieter_id)
          AND daterange(row_now.gueltig_ab, row_now.gueltig_bis) <@ daterange(a.gueltig_ab, a.gueltig_bis)
     ) THEN
    RAISE EXCEPTION 'role % needs a request that a second person has approved', row_now.rolle
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vier_augen', TABLE = 'accounts_membership';
  END IF;
  RETURN NULL;
END
$function$;
CREATE CONSTRAINT TRIGGER members_vier_augen AFTER INSERT OR UPDATE ON public.accounts_membership DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.members_vier_augen();

CREATE OR REPLACE FUNCTION public.members_zu_zweit_rollen()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT members_leitende_rollen() || ARRAY['ASD', 'CONTROLLING', 'RUFBEREITSCHAFT', 'VORMUND', 'WJH']
$function$;
