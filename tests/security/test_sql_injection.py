"""If somebody one day writes a hole: what an attacker in Rostock gets through it of Greifswald's children. Nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import resolve
from django.urls.exceptions import Resolver404

from tenants.context import in_tenant
from tenants.db import roles
from tests.factories.cases import create_hilfefall
from tests.security.figures import figure
from tests.security.planted_sql_holes import HOLES

pytestmark = pytest.mark.django_db

DYE, OWN = "VGFARBSTOFF", "HROEIGEN"
T_VG, T_HRO = roles.tenant("vg"), roles.tenant("hro")

#: What follows the quote (or number) that closes the intended value. {vg}: role of the other office.
TAILS = [
    # another schema
    "UNION SELECT fallnummer FROM vg.cases_hilfefall",
    "UNION ALL SELECT string_agg(fallnummer, ',') FROM vg.cases_hilfefall",
    "UNION SELECT (SELECT fallnummer FROM vg.cases_hilfefall LIMIT 1)",
    "OR EXISTS (SELECT 1 FROM vg.cases_hilfefall)",
    'UNION SELECT fallnummer FROM "vg"."cases_hilfefall"',
    "UNION SELECT row_to_json(h)::text FROM vg.cases_hilfefall h",
    "UNION SELECT to_json(h)::text FROM vg.cases_klient h",
    "UNION SELECT h::text FROM vg.audit_protokoll h",
    # stacked statements
    "; SELECT fallnummer FROM vg.cases_hilfefall",
    "; SET ROLE {vg}; SELECT fallnummer FROM vg.cases_hilfefall",
    "; SET LOCAL ROLE {vg}",
    "; RESET ROLE",
    "; SET search_path = vg",
    "; DISCARD ALL",
    "; COMMIT; SET ROLE {vg}",
    "; ROLLBACK",
    "; DO $$ BEGIN SET LOCAL ROLE {vg}; END $$",
    "; ALTER ROLE {hro} SUPERUSER",
    "; GRANT {vg} TO {hro}",
    "; CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
    "; DELETE FROM cases_hilfefall",
    "; DROP SCHEMA hro CASCADE",
    # the role from inside a statement
    "UNION SELECT set_config('role', '{vg}', true)",
    "UNION SELECT set_config('role', '{vg}', false)",
    "UNION SELECT set_config('search_path', 'vg', true)",
    "UNION SELECT set_config('session_authorization', 'postgres', true)",
    "UNION SELECT set_config('sojus.anbieter', '{{}}', true)",
    "UNION SELECT pg_catalog.set_config('sojus.user', '', true)",
    # functions that run text
    "UNION SELECT query_to_xml('SELECT * FROM vg.cases_hilfefall', true, true, '')::text",
    "UNION SELECT table_to_xml('vg.cases_hilfefall', true, true, '')::text",
    "UNION SELECT schema_to_xml('vg', true, true, '')::text",
    "UNION SELECT database_to_xml(true, true, '')::text",
    "UNION SELECT cursor_to_xml('c', 1, true, true, '')::text",
    "UNION SELECT query_to_xml('SET ROLE {vg}', true, true, '')::text",
    # files, programs, other servers
    "UNION SELECT pg_read_file('/etc/passwd')",
    "UNION SELECT pg_ls_dir('.')",
    "UNION SELECT lo_import('/etc/passwd')::text",
    "UNION SELECT encode(pg_read_binary_file('PG_VERSION'), 'hex')",
    "UNION SELECT dblink('dbname=postgres', 'SELECT 1')::text",
    "; COPY vg.cases_hilfefall TO '/tmp/x'",
    "; COPY cases_hilfefall FROM PROGRAM 'id'",
    # what the catalogue and statistics tell
    "UNION SELECT most_common_vals::text FROM pg_stats WHERE schemaname = 'vg'",
    "UNION SELECT query FROM pg_stat_activity",
    "UNION SELECT rolpassword FROM pg_authid",
    "UNION SELECT passwd FROM pg_shadow",
    "UNION SELECT password FROM accounts_user",
    "UNION SELECT session_data FROM django_session",
    "UNION SELECT args::text FROM procrastinate_jobs",
    "UNION SELECT stxdmcv::text FROM pg_statistic_ext_data",
    "UNION SELECT stavalues1::text FROM pg_statistic",
    # functions with the owner's rights
    "UNION SELECT occupancy_vakanzen(ARRAY[]::uuid[], 'empty')::text",
    "UNION SELECT pg_get_functiondef('sojus_mandant'::regproc)",
    # time and errors as a channel
    "AND 1 = (SELECT 1 FROM vg.cases_hilfefall WHERE pg_sleep(0) IS NOT NULL)",
    "AND 1 = CAST((SELECT fallnummer FROM vg.cases_hilfefall LIMIT 1) AS int)",
    "UNION SELECT CAST(pg_advisory_lock(1) AS text)",
    # one's own rows: SoJuS cannot help that a hole shows what the person's office may read
    "OR 1=1",
]
OPENINGS = {"text": ("x' ", " -- "), "zahl": ("1 ", " -- "), "sortierung": ("1 ", " -- "), "aendern": ("x' ", " -- ")}


def _payloads() -> list[tuple[str, str]]:
    built = []
    for kind, (opening, closing) in OPENINGS.items():
        for tail in TAILS:
            text = tail.format(vg=T_VG, hro=T_HRO)
            built.append((kind, f"{opening}{text}{closing}"))
    built += [("sortierung", f"(SELECT fallnummer FROM vg.cases_hilfefall LIMIT {n})") for n in (1, 2)]
    built += [("sortierung", f"(CASE WHEN (SELECT count(*) FROM vg.cases_hilfefall) > {n} THEN 1 ELSE 1/0 END)")
              for n in (0, 1)]  # fmt: skip
    built += [
        ("zahl", "(SELECT count(*) FROM vg.cases_hilfefall)"),
        ("zahl", f"(SELECT length(set_config('role','{T_VG}',true)))"),
    ]
    return built


def test_nothing_of_another_office_comes_through_a_hole(vg, hro, cast, settings, caplog):
    anna, gerd = cast.user("anna"), cast.user("gerd")
    with in_tenant(vg):
        create_hilfefall(fachkraft_id=anna.pk, fallnummer=DYE, team=DYE)
    with in_tenant(hro):
        create_hilfefall(fachkraft_id=gerd.pk, fallnummer=OWN)
    connection.check_constraints()
    settings.ROOT_URLCONF = "tests.security.planted_sql_holes"
    client = cast.sign_in("gerd")
    client.raise_request_exception = False
    foreign, changed, answered = [], [], 0
    for kind, payload in _payloads():
        answer = client.post(f"/loch/{kind}/", {"q": payload})
        answered += answer.status_code == 200
        if DYE in answer.content.decode(errors="replace") + str(answer.headers) + caplog.text:
            foreign.append((kind, payload))
        if answer.status_code == 200 and (answer["X-Role"], answer["X-Path"]) != (T_HRO, "hro, public"):
            changed.append((kind, payload, answer["X-Role"], answer["X-Path"]))
        caplog.clear()
    assert OWN in client.post("/loch/text/", {"q": "x' OR 1=1 --"}).text, "the hole is open, and the office still works"
    with in_tenant(vg), connection.cursor() as cursor:
        cursor.execute("SELECT fallnummer, team FROM cases_hilfefall")
        assert cursor.fetchall() == [(DYE, DYE)]
    figure("SQL injection: payloads on a planted hole", len(_payloads()), "requests")
    figure("SQL injection: of these answered without an error", answered, "requests")
    figure("SQL injection: foreign rows", len(foreign), "rows")
    figure("SQL injection: changed role or path", len(changed), "requests")
    assert (foreign, changed) == ([], [])


@pytest.mark.parametrize("urlconf", ["config.urls_tenant", "config.urls_portal"])
def test_product_has_no_such_hole(urlconf):
    for kind in HOLES:
        with pytest.raises(Resolver404):
            resolve(f"/loch/{kind}/", urlconf=urlconf)
