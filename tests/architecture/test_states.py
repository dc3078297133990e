"""A state, a role, a kind is a member of its enum, never a word typed again; what SQL and pages have to type is one."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from shared_apps.accounts.enums import MailZustand
from shared_apps.aufnahme.states import AUFNAHMEANTRAG, AufnahmeAktion, AufnahmeZustand
from shared_apps.core.zustand import Schritte
from shared_apps.einlesen import states as einlesen
from shared_apps.journal import states as journal
from shared_apps.journal.models import Supportzugriff
from shared_apps.mails.services import OFFEN as OFFENE_MAILS
from shared_apps.members import states as members
from shared_apps.occupancy.enums import GEBUCHTE, LEBEND, Belegungsstand, BindungZustand
from shared_apps.providers.states import (
    ENTGELTVORSCHLAG,
    KONTOVORSCHLAG,
    VAKANZMELDUNG,
    KontoAktion,
    KontoZustand,
    MeldungAktion,
    MeldungZustand,
    VorschlagAktion,
    VorschlagZustand,
)
from tenant_apps.anfragen import states as anfragen
from tenant_apps.audit import states as audit
from tenant_apps.audit.models import Freigabe
from tenant_apps.billing import states as billing
from tenant_apps.cases import states as cases
from tenant_apps.placements import states as placements
from tenant_apps.privacy import states as privacy
from tests.architecture.diagrams import DOCUMENT, draw
from tests.architecture.test_glossary import ENUM_BASES
from tests.architecture.tree import ROOT, classes, nodes_of, parsed, python_files, templates, text

#: A comparison of a state with a typed word: `row.zustand == "OFFEN"`, `filter(zustand__in=["OFFEN"])`.
_TYPED = re.compile(r'zustand\w*"?\]?\s*(?:==|!=|=|:|in|not in)\s*[\[({]?\s*"[A-Z_]{3,}"')
_WORD = re.compile(r"[A-Z][A-Z_]{2,}")
#: What SQL compares a state with.
_SQL = re.compile(r"zustand\s*(?:=|<>|IN|NOT IN)\s*\(?((?:'[A-Z_]+'(?:,\s*)?)+)")
#: Constraints and row rules are text of the database; Django would see a changed migration in an enum's member.
_OF_THE_DATABASE = re.compile(r"(^|/)(models(_\w+)?|portal|\w+_sql)\.py$|/models/")

CODE = [path for path in python_files() if "zustand" in (ROOT / path).read_text()]
STATES = {
    str(value)
    for model in apps.get_models()
    for field in model._meta.fields
    if field.name == "zustand"
    for value, _ in field.choices or ()
}


@pytest.mark.parametrize("path", [p for p in CODE if not _OF_THE_DATABASE.search(p.as_posix())], ids=str)
def test_code_compares_with_members(path):
    found = _TYPED.findall((ROOT / path).read_text())
    assert not found, f"{path}: {found}"


@pytest.mark.parametrize("path", CODE, ids=str)
def test_sql_names_states_there_are(path):
    words = {word for group in _SQL.findall((ROOT / path).read_text()) for word in re.findall(r"'([A-Z_]+)'", group)}
    assert words <= STATES, f"{path}: {words - STATES}"


def _members() -> frozenset[str]:
    """What members of all enums are worth in the database."""
    found = set()
    for _, node in classes():
        if {ast.unparse(base).rpartition(".")[2] for base in node.bases} & ENUM_BASES:
            values = [said.value for said in node.body if isinstance(said, ast.Assign)]
            firsts = [value.elts[0] if isinstance(value, ast.Tuple) else value for value in values]
            found |= {str(first.value) for first in firsts if isinstance(first, ast.Constant)}
    return frozenset(found)


MEMBERS = _members()
_BELOW = "the enum is of an app above, which nobody here may import"
#: Module and word that is typed all the same, and why. The list only gets shorter.
TYPED = {
    ("shared_apps.members.selectors.mitglieder", "ANLEGEN"): _BELOW,
    ("shared_apps.providers.selectors.konto", "ANLEGEN"): _BELOW,
    ("shared_apps.providers.selectors.stammdaten", "ANLEGEN"): _BELOW,
    ("shared_apps.signin.selectors.obligation", "ALLE"): "a word of the environment, of no enum",
    ("tenant_apps.billing.rules", "STATIONAER"): "a rule, without Django; `Form` is a model's",
    ("tenant_apps.cases.selectors", "BESTRITTEN"): _BELOW,
    ("tenants.trail.chain", "LESEN"): _BELOW,
}
#: They say what the members are, in plain words.
_DECLARE = {"shared_apps/accounts/rollen.py", "shared_apps/accounts/rules.py"}


def _typed_words(path: Path) -> set[str]:
    """Words of enums in comparisons and behind keywords; of a model's text for the database only the defaults."""
    found: list[ast.AST] = []
    for node in nodes_of(parsed(path)):
        if isinstance(node, ast.Compare) and not _OF_THE_DATABASE.search(path.as_posix()):
            found += [node.left, *node.comparators]
        elif isinstance(node, ast.keyword) and (node.arg == "default" or not _OF_THE_DATABASE.search(path.as_posix())):
            found.append(node.value)
    parts = [part for node in found for part in (getattr(node, "elts", None) or [node])]
    return {p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str) and p.value in MEMBERS}


def test_code_names_members_and_types_no_word_of_an_enum():
    """`p.rolle == Rolle.TEAMLEITUNG`: a word that is typed goes on being compared when its member is gone."""
    assert len(MEMBERS) > 200 and {"TEAMLEITUNG", "STATIONAER", "BESTRITTEN", "LESEN"} <= MEMBERS
    files = {
        ".".join(path.with_suffix("").parts): path
        for path in python_files()
        if str(path) not in _DECLARE and path.parts[0] != "deploy"
    }
    found = {(name, word) for name, path in files.items() for word in _typed_words(path) if _WORD.fullmatch(word)}
    assert sorted(found - set(TYPED)) == [], "name the member of the enum, or say in TYPED why it cannot be named"
    assert sorted(set(TYPED) - found) == [], "take it out of TYPED: nobody types it any more"


#: What a page compares: `{% if z.zustand == "WARTUNG" or … %}`, in a tag.
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_ASKED = re.compile(r"""(\w+)\s*(?:==|!=|\bin\b)\s*["']([A-Z][A-Z_]{2,})["']""")


def _asked_words(source: str) -> list[tuple[str, str]]:
    """Last name of what is compared, and the word."""
    return [found for tag in _TAG.findall(source) for found in _ASKED.findall(tag)]


@pytest.mark.parametrize("path", [path for path in templates() if path.suffix in {".html", ".txt", ".typ"}], ids=str)
def test_pages_ask_for_words_there_are(path):
    """A page cannot name a member: a word that nothing is any more is a branch that is never shown."""
    gone = [word for name, word in _asked_words(text(path)) if word not in (STATES if name == "zustand" else MEMBERS)]
    assert gone == [], "no enum has this member"


def test_words_of_pages_are_found():
    asked = [pair for path in templates() if path.suffix == ".html" for pair in _asked_words(text(path))]
    assert len(asked) >= 15 and {"zustand", "schritt", "art"} <= {name for name, _ in asked}
    assert _asked_words("{% if a.zustand == 'OFFEN' and b.art != \"X_Y\" %}{{ c }}{% endif %}") == [
        ("zustand", "OFFEN"), ("art", "X_Y"),
    ]  # fmt: skip


def test_a_row_of_the_fallmanager_is_in_a_state_of_its_reservation_or_booking():
    both = {*placements.ReservierungZustand, *placements.BuchungZustand}
    assert {z.value for z in placements.VorgangZustand} == {z.value for z in both}


#: Enums of states whose members are compared one by one, so that no set of them could leave one out.
NO_SETS = {"TenantZustand", "Zustand", "Jobstand", "Sitzungsstand", "Gegenstand", "Kettenstand"}
PARTS = (
    (
        cases.HilfefallZustand,
        (
            cases.HILFEFALL.zustaende_mit(cases.HilfefallAktion.ABSCHLIESSEN),
            cases.HILFEFALL.zustaende_mit(cases.HilfefallAktion.WIEDER_OEFFNEN),
        ),
    ),
    (
        privacy.LoeschlaufZustand,
        (
            privacy.LOESCHLAUF.zustaende_mit(privacy.LoeschlaufAktion.FREIGEBEN),
            privacy.LOESCHLAUF.zustaende_mit(privacy.LoeschlaufAktion.AUSFUEHREN),
            privacy.LOESCHLAUF.endzustaende,
        ),
    ),
    (BindungZustand, (LEBEND, {BindungZustand.FREIGEGEBEN})),
    (Belegungsstand, (GEBUCHTE, {Belegungsstand.ANGEFRAGT}, {Belegungsstand.GESCHEITERT})),
    (MailZustand, (OFFENE_MAILS, {MailZustand.GESENDET, MailZustand.ENTFALLEN})),
    (
        placements.VorgangZustand,
        (placements.VORGANG_OFFEN, placements.VORGANG_GEBUCHT, placements.VORGANG_GESCHEITERT),
    ),
    (
        anfragen.AnfrageZustand,
        (anfragen.ANFRAGE.zustaende_mit(anfragen.AnfrageAktion.ZURUECKZIEHEN), anfragen.ANFRAGE.endzustaende),
    ),
    (
        anfragen.HausanfrageZustand,
        (anfragen.UNBEANTWORTET, anfragen.ZUSAGEN, anfragen.HAUSANFRAGE.endzustaende),
    ),
    (placements.ReservierungZustand, (placements.RESERVIERUNG_LEBEND, placements.RESERVIERUNG.endzustaende)),
    (placements.BuchungZustand, (placements.BUCHUNG_LEBEND, placements.BUCHUNG.endzustaende)),
    (
        billing.RechnungZustand,
        (billing.RECHNUNG_OFFEN, billing.RECHNUNG_AUSGEZAHLT, {"BEANSTANDET", "STORNIERT"}),
    ),
    (
        billing.LeistungsnachweisZustand,
        (billing.LEISTUNGSNACHWEIS_BEARBEITBAR, {"BESTAETIGT"}, {"EINGEREICHT"}),
    ),
    (
        audit.FreigabeZustand,
        (audit.FREIGABE.zustaende_mit(audit.FreigabeAktion.ZURUECKNEHMEN), audit.FREIGABE.endzustaende),
    ),
    (
        members.AntragZustand,
        (
            members.MITGLIEDSCHAFTSANTRAG.zustaende_mit(members.AntragAktion.BEWILLIGEN),
            members.MITGLIEDSCHAFTSANTRAG.endzustaende,
        ),
    ),
    (
        members.ZugangZustand,
        (
            members.ZUGANGSANTRAG.zustaende_mit(members.ZugangAktion.BESTAETIGEN),
            members.ZUGANGSANTRAG.zustaende_mit(members.ZugangAktion.BEWILLIGEN),
            members.ZUGANGSANTRAG.endzustaende,
        ),
    ),
    (
        AufnahmeZustand,
        (
            AUFNAHMEANTRAG.zustaende_mit(AufnahmeAktion.BESTAETIGEN),
            AUFNAHMEANTRAG.zustaende_mit(AufnahmeAktion.ABLEHNEN),
            AUFNAHMEANTRAG.endzustaende,
        ),
    ),
    (
        einlesen.EinlesungZustand,
        (
            einlesen.EINLESUNG.zustaende_mit(einlesen.EinlesungAktion.VORLEGEN),
            einlesen.EINLESUNG.zustaende_mit(einlesen.EinlesungAktion.FREIGEBEN),
            einlesen.EINLESUNG.zustaende_mit(einlesen.EinlesungAktion.ZURUECKNEHMEN),
            einlesen.EINLESUNG.zustaende_mit(einlesen.EinlesungAktion.ABSCHLIESSEN),
            einlesen.EINLESUNG.endzustaende,
        ),
    ),
    (
        VorschlagZustand,
        (ENTGELTVORSCHLAG.zustaende_mit(VorschlagAktion.BESTAETIGEN), ENTGELTVORSCHLAG.endzustaende),
    ),
    (
        KontoZustand,
        (KONTOVORSCHLAG.zustaende_mit(KontoAktion.BESTAETIGEN), KONTOVORSCHLAG.endzustaende),
    ),
    (
        MeldungZustand,
        (VAKANZMELDUNG.zustaende_mit(MeldungAktion.BEHEBEN), VAKANZMELDUNG.endzustaende),
    ),
    (
        journal.SupportZustand,
        (
            journal.SUPPORTZUGRIFF.zustaende_mit(journal.SupportAktion.BEENDEN),
            journal.SUPPORTZUGRIFF.endzustaende,
        ),
    ),
)


@pytest.mark.parametrize(("zustaende", "parts"), PARTS, ids=lambda value: getattr(value, "__name__", ""))
def test_sets_are_complete_and_disjoint(zustaende, parts):
    assert sorted(zustand for part in parts for zustand in part) == sorted(zustaende)


def test_the_sets_of_every_enum_of_states_are_asked():
    enums = {
        node.name
        for _, node in classes()
        if re.search(r"(?:Zustand|stand)$", node.name)
        and {ast.unparse(base).rpartition(".")[2] for base in node.bases} & ENUM_BASES
    }
    proved = {zustaende.__name__ for zustaende, _ in PARTS}
    assert sorted(enums - proved) == sorted(NO_SETS), "add its sets to PARTS: no member in two of them, none in none"


def _words(rule: str) -> set[str]:
    return set(re.findall(r"'([A-Z]+)'", rule))


_OFFICE = frozenset(journal.SupportAktion) - {journal.SupportAktion.BEENDEN}


@pytest.mark.parametrize(
    ("policies", "name", "maschine", "aktionen"),
    [
        (Freigabe.tenant_policies, "entscheiden", audit.FREIGABE, frozenset(audit.FreigabeAktion)),
        (Supportzugriff.rights.policies, "amt_entscheidet", journal.SUPPORTZUGRIFF, _OFFICE),
        (
            Supportzugriff.rights.policies,
            "betrieb_beendet",
            journal.SUPPORTZUGRIFF,
            frozenset({journal.SupportAktion.BEENDEN}),
        ),
    ],
    ids=["Freigabe", "Supportzugriff: office", "Supportzugriff: operator"],
)
def test_row_rules_let_through_what_the_table_allows(policies, name, maschine, aktionen):
    """The database names the states once more: where a step may begin, and where it may lead."""
    rule = next(policy for policy in policies if policy.name == name)
    assert _words(rule.using) == {zustand for aktion in aktionen for zustand in maschine.zustaende_mit(aktion)}
    assert _words(rule.check) == {maschine.ziel(aktion) for aktion in aktionen}


@pytest.mark.parametrize("module", [billing, placements], ids=lambda module: module.__name__)
def test_a_set_is_for_something_that_runs(module):
    """What only a test reads is computed by the machine: `endzustaende`, `zustaende_mit`."""
    names = [name for name, value in vars(module).items() if isinstance(value, frozenset) and not name.startswith("_")]
    own = Path(module.__file__).relative_to(ROOT)
    used = "".join(text(path) for path in python_files() if path != own)
    assert [name for name in names if not re.search(rf"\b{name}\b", used)] == [] and names


#: States somebody leads a thing into, and the row keeps nobody's name: the refusal of a step names the state only.
NO_SPUR = {
    ("cases", "ABGESCHLOSSEN"): "the row keeps the last day, which is typed; who closed it is in the trail",
    ("cases", "OFFEN"): "whoever opens it again takes the day back; who did is in the trail",
    ("placements", "LAUFEND"): "the row keeps the day she came, which is typed; the step says that it is confirmed",
    ("billing", "EINGEREICHT"): "handed in with the invoice, at once; the office's step has the page of the invoice",
    ("privacy", "FREIGEGEBEN"): "carried out in the same transaction: nobody meets it in this state",
    ("privacy", "VERWORFEN"): "the words of the service say that it is decided; who discarded it is in the trail",
}


def test_a_state_somebody_leads_to_says_who_it_was():
    """`Spur`: the one who comes too late reads who was faster, and when."""
    missing, tables = set(), 0
    for app in ("anfragen", "billing", "cases", "placements", "privacy"):
        policies = import_module(f"tenant_apps.{app}.policies")
        for schritte in [value for value in vars(policies).values() if isinstance(value, Schritte)]:
            tables += 1
            for zustand, weiter in schritte.maschine.uebergaenge.items():
                ziele = {ziel for aktion, ziel in weiter.items() if aktion in schritte.wer} - {zustand}
                missing |= {(app, ziel.value) for ziel in ziele - set(schritte.spuren)}
    assert missing == set(NO_SPUR)
    assert tables >= 6, tables


_OVER = "asks its table; what is over cannot be locked at all (row-level security), and is told from what never was"
_SHARED = (
    "asks its table, a shared one: no office's trail is there, who and when is in the row, triggers note the change"
)
_LIST = "many at once, of a list that two people have signed; what is decided already the database refuses"
_QUEUE = "a queue of the machine, no act of a person"
_HOLD = "follows the reservation or the booking, which is the step; many rivals at one moment (ADR 0004)"
_OPERATOR = "the operator's, outside of any office"
#: Who writes a state otherwise than by `advance` (ADR 0055), and why. The list only gets shorter.
OTHERWISE = {
    "tenant_apps/audit/services/advance.py": {"write": "the one way"},
    "tenant_apps/audit/services/freigabe.py": {
        "_decide": _OVER,
        "revoke_freigabe": _OVER,
        "expire_freigaben": "a job, all at once; what counts is the time, which is asked at every use",
    },
    "tenant_apps/audit/services/support.py": {"_decide": _SHARED},
    "tenant_apps/placements/services/fristen.py": {
        "expire_reservierungen": "a job, many at once; leaves rows that somebody holds (skip_locked)"
    },
    "tenant_apps/anfragen/services/decide.py": {
        "_close": "many houses at once, held in the order of their keys; follows from the step with the whole enquiry"
    },
    "shared_apps/journal/services/support.py": {"end_support": _SHARED},
    "shared_apps/providers/services/vorschlag.py": {"settle_vorschlag": _SHARED},
    "shared_apps/providers/services/konto.py": {"_expire": _SHARED},
    "shared_apps/providers/services/entgelte.py": {
        "confirm_entgeltvorschlaege": _LIST,
        "withdraw_entgeltvorschlaege": _LIST,
    },
    "shared_apps/einlesen/services/vorbereiten.py": {"_advance": _SHARED},
    "shared_apps/einlesen/services/ausfuehren.py": {"run_einlesung": _SHARED},
    "shared_apps/einlesen/services/stehende.py": {"end_einlesung": _SHARED},
    "shared_apps/einlesen/services/zuruecknehmen.py": dict.fromkeys(
        ("revoke_einlesung", "_run", "_give_up", "purge_einlesungen"), _SHARED
    ),
    "shared_apps/aufnahme/services.py": {"check_aufnahmeantrag": _SHARED},
    "shared_apps/providers/services/vakanz.py": dict.fromkeys(
        ("settle_vakanzmeldung", "withdraw_vakanzmeldung"), _SHARED
    ),
    "shared_apps/mails/services.py": dict.fromkeys(
        ("submit_mailauftrag", "cancel_mailauftraege", "run_mailauftrag", "expire_mailauftraege"), _QUEUE
    ),
    "shared_apps/members/services/antraege.py": {"_decide": _SHARED},
    "shared_apps/members/services/zugang.py": dict.fromkeys(("confirm_zugangsantrag", "_decide"), _SHARED),
    "shared_apps/occupancy/services/__init__.py": dict.fromkeys(
        ("book_platz", "release_platz", "release_plaetze", "bind_wieder"), _HOLD
    ),
    "tenants/onboarding/services.py": dict.fromkeys(("_finish", "_progress", "end_broken_orders", "note"), _OPERATOR),
    "tenants/operations/backup/restore.py": {"_move_away": _OPERATOR},
    "tenants/services.py": {"update_wartung": _OPERATOR},
}
_SQL_WRITES = re.compile(r"\bSET zustand\b")


def _writes_a_state(node: ast.AST) -> bool:
    """`row.zustand = …` (alone or with others), `setattr(row, "zustand", …)`, `rows.update(zustand=…)`, SQL."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(_SQL_WRITES.search(node.value))
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in getattr(target, "elts", [target])]
        return any(isinstance(part, ast.Attribute) and part.attr == "zustand" for part in parts)
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name == "setattr":
        return isinstance(node.args[1], ast.Constant) and node.args[1].value == "zustand"
    return name in {"update", "set", "_record"} and any(keyword.arg == "zustand" for keyword in node.keywords)


def test_a_state_is_written_by_advance_or_by_name_with_a_reason():
    found: dict[str, set[str]] = {}
    for path in CODE:
        tree = parsed(path)
        places = [(n.name, n) for n in nodes_of(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        places += [("outside of functions", n) for n in tree.body if isinstance(n, ast.Assign | ast.AnnAssign)]
        for name, place in places:
            if any(_writes_a_state(node) for node in ast.walk(place)):
                found.setdefault(str(path), set()).add(name)
    assert found == {path: set(reasons) for path, reasons in OTHERWISE.items()}
    assert all(reason for reasons in OTHERWISE.values() for reason in reasons.values())


#: Pages that do more than the step; who may see them is another question.
_PAGES = {("tenant_apps/privacy/views/loeschlauf.py", "detail"): "shows the run, and carries it out"}


def _functions(node: ast.AST) -> list[ast.FunctionDef]:
    return [found for found in ast.walk(node) if isinstance(found, ast.FunctionDef)]


def _names(node: ast.AST) -> set[str]:
    """Names that are used, those of modules' parts, too (`services.approve_loeschlauf`)."""
    return {str(getattr(found, "id", getattr(found, "attr", ""))) for found in ast.walk(node)}


def _by_table(view: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """What asks the table: the page, or these actions of a view set."""
    if isinstance(view, ast.FunctionDef):
        return {view.name} if any(".may(" in ast.unparse(said) for said in view.decorator_list) else set()
    said = [n for n in view.body if isinstance(n, ast.Assign | ast.AugAssign) and "policy" in ast.unparse(n)]
    dicts = [d for n in said for d in ast.walk(n) if isinstance(d, ast.Dict)]
    pairs = [pair for d in dicts for pair in zip(d.keys, d.values, strict=True)]
    return {key.value for key, value in pairs if isinstance(key, ast.Constant) and ".may(" in ast.unparse(value)}


def test_pages_and_api_ask_the_table_who_may_take_a_step():
    """`@require(SCHRITTE_….may(…))`, and the same in `policy` of a view set: not the same policy typed again."""
    code = [path for path in python_files() if path.parts[0] == "tenant_apps"]
    services = [f for path in code if "services" in path.parts for f in _functions(parsed(path))]
    steps = {f.name for f in services if any("advance" in name for name in _names(f))}
    steps = {name for name in steps if not name.startswith(("_", "advance"))}
    assert {"check_rechnung", "book_reservierung", "end_buchung", "close_hilfefall", "reject_loeschlauf"} <= steps
    asked, typed = set(), set()
    for path in code:
        if not {"views", "api"} & set(path.parts):
            continue
        for view in parsed(path).body:
            if not isinstance(view, ast.FunctionDef | ast.ClassDef):
                continue
            parts = [view] if isinstance(view, ast.FunctionDef) else view.body
            entries = [f for f in parts if isinstance(f, ast.FunctionDef) and f.decorator_list]
            takes = {f.name for f in entries if _names(f) & steps}
            asked |= {(str(path), name) for name in takes}
            typed |= {(str(path), name) for name in takes - _by_table(view)}
    assert typed == set(_PAGES)
    assert len(asked) >= 25, asked


#: Steps that are a form on the page they belong to.
_ON_THE_PAGE = {("LoeschlaufAktion.VERWERFEN", "discard"): "a button below the run, with nothing to ask"}
_MAY = re.compile(r"\.may\((\w+\.\w+)\)")
_KNOPF = re.compile(r'(\w+Aktion\.\w+): Knopf\(\s*"(\w+:\w+)"')


def test_a_page_of_a_step_has_its_button_from_the_table():
    """`core.seite.buttons`, and no link typed in a template, which would show it to everybody in every state."""
    views = [path for path in python_files() if path.parts[0] == "tenant_apps" and "views" in path.parts]
    urls = "".join(text(path) for path in python_files() if path.stem.startswith("urls") or path.parent.stem == "urls")
    buttons = {pair for path in views for pair in _KNOPF.findall(text(path))}
    missing, routes = set(), set()
    for path in views:
        for page in _functions(parsed(path)):
            for aktion in [a for d in page.decorator_list for a in _MAY.findall(ast.unparse(d))]:
                own = {r for a, r in buttons if a == aktion and f'.{page.name}, name="{r.split(":")[1]}"' in urls}
                routes |= own
                missing |= set() if own else {(aktion, page.name)}
    assert missing == set(_ON_THE_PAGE)
    assert len(routes) >= 14, routes
    templates = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tenant_apps").rglob("templates/**/*.html")
    )
    assert [route for route in sorted(routes) if f"'{route}'" in templates] == []


def test_diagrams_are_those_of_the_tables():
    assert DOCUMENT.read_text(encoding="utf-8") == draw(), "run python -m tests.architecture.diagrams"
