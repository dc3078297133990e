"""A sign-in server that is slow, long-winded or hostile holds no thread, no connection and no memory of ours."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import threading
import time
from contextlib import contextmanager
from ipaddress import ip_network

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from shared_apps.accounts.models import Anmeldedienst, Anmeldeversuch
from shared_apps.core.errors import RegelVerletzt
from shared_apps.oidc import calls
from shared_apps.oidc import server as asked
from shared_apps.oidc.services import check_anmeldedienst, check_aussteller, compute_gelesen, confirm_anmeldedienst
from shared_apps.oidc.views import oidc as views
from tenants.context import at_sign_in
from tests.shared_apps.oidc.slow_server import certify, describe, drip, pass_on, say, slow_server
from tests.shared_apps.oidc.test_oidc import dienst as dienst_of_mock  # noqa: F401 (fixture)
from tests.shared_apps.oidc.test_oidc import provider, sign_in  # noqa: F401 (fixture)

pytestmark = [
    pytest.mark.usefixtures("vg"),
    pytest.mark.filterwarnings("ignore:get_jwt_config"),  # of the mock, not of ours
]
BEGIN, BACK = "/anmelden/dienst/", "/anmelden/dienst/zurueck/"
TOO_SLOW = "antwortet zurzeit zu langsam"
LONG = b"HTTP/1.1 200 OK\r\n" + b"X-Filler: a\r\n" * 100


#: In the clear and under TLS alike.
BOTH = pytest.mark.parametrize("server", ["http", "https"], indirect=True)
TLS = pytest.mark.parametrize("server", ["https"], indirect=True)


@pytest.fixture(autouse=True)
def believed(monkeypatch, tmp_path):
    """The only authority of this machine is the certificate of the server here; and it has no proxy."""
    for name in ("https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    certificate = certify(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    calls.trust.cache_clear()
    yield certificate
    calls.trust.cache_clear()


@pytest.fixture
def server(request, believed):
    with slow_server(believed if getattr(request, "param", "http") == "https" else None) as server:
        yield server


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """The same limits, sooner."""
    monkeypatch.setattr(calls, "SECONDS", 1.0)


@pytest.fixture
def impatient(monkeypatch):
    """Sooner still, named last: nobody who is asked from here on would answer in any time. An honest server may need a
    second on a busy machine."""
    monkeypatch.setattr(calls, "SECONDS", 0.4)


@pytest.fixture
def dienst(server, vg, cast) -> Anmeldedienst:
    """Written down and confirmed; what the server does is said later."""
    Anmeldedienst.objects.create(tenant=vg, issuer=server.url, client_id="sojus", geaendert_von=cast.user("anton"))
    gelesen = compute_gelesen(Anmeldedienst.objects.get(tenant=vg))
    return confirm_anmeldedienst(akteur=cast.akteur("emil"), tenant=vg, gelesen=gelesen)


def browser() -> Client:
    return Client(SERVER_NAME="vg.localhost")


def seconds_of(work) -> float:
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


@BOTH
@pytest.mark.parametrize(
    "data",
    [
        LONG,
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"{" * 500,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n{\r\n" * 100,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X-Trailer: a\r\n" * 100,
    ],
    ids=["header", "body", "continue", "chunks", "trailers"],
)
def test_byte_now_and_then__the_thread_is_free_at_the_deadline(server, dienst, data, impatient):
    server.answer = drip(data)
    client = browser()
    assert seconds_of(lambda: client.get(BEGIN)) < 3
    assert TOO_SLOW in client.get("/anmelden/").content.decode()


@BOTH
def test_slow_at_each_step__the_deadline_is_one_for_all(server, dienst):
    """Description, token and keys each take nearly all of the time."""

    def late(line, path):
        time.sleep(0.7)
        describe(server)(line, path)

    server.answer = describe(server)
    client = browser()
    client.get(BEGIN)
    state = next(iter(client.session["socialaccount_states"]))
    cache.clear()
    server.answer, server.others = late, drip(LONG)
    assert seconds_of(lambda: client.get(f"{BACK}?code=x&state={state}")) < 2
    assert TOO_SLOW in client.get("/anmelden/").content.decode()
    assert server.asked[-1] == "/token_endpoint"


@TLS
@pytest.mark.parametrize("greets", [drip(b"\x16\x03\x03\x3f\xff" + b"\x02" * 500), drip(b"")], ids=["drips", "silent"])
def test_slow_handshake__the_thread_is_free_at_the_deadline(server, dienst, greets, impatient):
    """It announces a long record and sends a byte of it now and then; or says nothing at all."""

    def greet(line, path):
        greets(line, path)
        time.sleep(2)

    server.greets = greet
    client = browser()
    assert seconds_of(lambda: client.get(BEGIN)) < 3
    assert TOO_SLOW in client.get("/anmelden/").content.decode() and server.asked == []


@BOTH
def test_takes_what_we_send_a_piece_at_a_time__one_wait_for_all_of_it(server):
    def sip(line, path):
        for _ in range(100):
            line.recv(5000)
            time.sleep(0.05)

    def send():
        with pytest.raises(calls.TooSlow), calls.asking(server.url):
            calls.ask("POST", server.url, body="x" * 30_000_000)

    server.answer = sip
    assert 0.9 < seconds_of(send) < 3


def test_one_that_takes_nobody__like_one_that_is_slow(impatient):
    """Its queue is full: to connect is to wait."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for line in waiting:
            line.setblocking(False)
            line.connect_ex(address)
        try:
            with pytest.raises(asked.OidcTooSlow):
                asked.fetch_description(f"http://127.0.0.1:{address[1]}")
        finally:
            for line in waiting:
                line.close()


def test_name_that_nobody_resolves_in_time(monkeypatch, impatient):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(5) or [])
    with pytest.raises(asked.OidcTooSlow):
        asked.fetch_description("https://sso.example.org")


def test_name_with_many_addresses__they_share_the_time(monkeypatch, server):
    """Each of fifty addresses that do not answer would have had a time of its own."""
    tried = []

    class Silent(socket.socket):
        def connect(self, address):
            tried.append(self.gettimeout())
            time.sleep(min(self.gettimeout(), 0.3))
            raise TimeoutError

    real = socket.socket
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))] * 50
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    monkeypatch.setattr(socket, "socket", Silent)
    with pytest.raises(asked.OidcTooSlow):
        asked.fetch_description("http://sso.example.org")
    monkeypatch.setattr(socket, "socket", real)
    assert len(tried) < 6 and tried == sorted(tried, reverse=True)


@BOTH
@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", b" " * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\n", b" " * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", b" " * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: a\r\n" * 4096),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2048),
    ],
    ids=["until it closes", "length", "chunks", "one chunk", "chunk of no length", "trailers", "continue"],
)
def test_endless_answer__is_read_up_to_a_bound(server, dienst, head, piece):
    sent = []

    def pour(line, path):
        line.sendall(head)
        while True:
            line.sendall(piece)
            sent.append(len(piece))

    server.answer = pour
    with pytest.raises(asked.OidcRefused):
        asked.fetch_description(server.url)
    time.sleep(0.2)
    # What the system's own buffers hold between two sockets of one machine was sent, but never read.
    assert sum(sent) < 4 * calls.BYTES


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(b" " * 10_000_000)),
        ("X: y", b"[" * 100_000),
        ("X: y", b'{"issuer": ' * 20_000),
        ("X: y", b"[]"),
        ("X: y", b"\xff\xfe"),
    ],
    ids=["packed", "deep list", "deep object", "list", "bytes"],
)
def test_answer_of_another_form__is_refused(server, dienst, head, body):
    server.answer = say(f"HTTP/1.1 200 OK\nContent-Length: {len(body)}\n{head}", body)
    client = browser()
    assert client.get(BEGIN)["Location"] == "/anmelden/"


def test_sends_us_elsewhere__nobody_goes_there(server, dienst):
    with slow_server() as other:
        server.answer = say(f"HTTP/1.1 302 Found\nLocation: {other.url}/\nContent-Length: 0")
        assert browser().get(BEGIN)["Location"] == "/anmelden/"
        assert other.asked == []


@pytest.mark.parametrize("keys", ["x", 5, None, [1, None], {"kid": "k"}])
def test_keys_of_another_form__are_none(server, dienst, keys):
    body = json.dumps({"keys": keys}).encode()
    server.answer = describe(server)
    server.others = say(f"HTTP/1.1 200 OK\nContent-Length: {len(body)}", body)
    steps = check_anmeldedienst(dienst=dienst, client_secret="", callback=f"http://vg.localhost{BACK}")
    assert [step.name for step in steps] == ["Beschreibung", "Schlüssel"]


# -- whom we believe ----------------------------------------------------------------------------


@TLS
def test_certificate_of_an_authority_of_this_machine__is_believed(server):
    server.answer = describe(server)
    assert asked.fetch_description(server.url)["issuer"] == server.url
    assert f"Host: {server.url.removeprefix('https://')}\r\n" in server.heard[0]


@pytest.mark.parametrize("name", ["sso.example.org", "127.0.0.1"], ids=["another name", "another authority"])
def test_certificate_we_do_not_believe__nothing_is_sent(tmp_path, monkeypatch, believed, name):
    """Of a name that is not in the address; and of an authority that this machine does not know."""
    (tmp_path / "other").mkdir()
    certificate = certify(tmp_path / "other", name)
    if name != "127.0.0.1":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with slow_server(certificate) as server:
        server.answer = describe(server)
        with pytest.raises(RegelVerletzt, match="Zertifikat vertraut diese Maschine nicht"):
            check_aussteller(issuer=server.url)
        assert server.asked == []


def test_speaks_no_tls__is_refused(server):
    server.answer = describe(server)
    with pytest.raises(asked.OidcRefused, match="nicht gelungen"):
        asked.fetch_description(server.url.replace("http:", "https:"))


# -- through the proxy of the house ------------------------------------------------------------


@pytest.fixture
def proxy(monkeypatch):
    with slow_server() as proxy:
        proxy.answer = pass_on
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//sojus:ge%3Aheim@"))
        yield proxy


@TLS
def test_proxy__connects_us_and_sees_the_name_alone(server, proxy):
    server.answer = describe(server)
    assert asked.fetch_description(server.url)["issuer"] == server.url
    there = server.url.removeprefix("https://")
    assert proxy.asked == [there]
    credentials = base64.b64encode(b"sojus:ge:heim").decode()
    assert f"Proxy-Authorization: Basic {credentials}" in proxy.heard[0] and "well-known" not in proxy.heard[0]
    assert "Proxy-Authorization" not in server.heard[0]


@TLS
def test_proxy__is_passed_by_where_it_is_not_wanted(server, proxy, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server.answer = describe(server)
    asked.fetch_description(server.url)
    assert proxy.asked == []


@TLS
@pytest.mark.parametrize(
    ("answer", "error"),
    [(say("HTTP/1.1 407 Proxy Authentication Required"), asked.OidcRefused), (drip(LONG), asked.OidcTooSlow)],
    ids=["refuses", "drips"],
)
def test_proxy__is_bound_as_the_server_is(server, proxy, answer, error):
    proxy.answer = answer
    with pytest.raises(asked.OidcRefused) as refused:
        asked.fetch_description(server.url)
    assert type(refused.value) is error and server.asked == []


# -- what is in the house -----------------------------------------------------------------------


@pytest.fixture
def outside(settings):
    """As in production, where the operator has named no network of the house."""
    settings.OIDC_NETZE = []


@pytest.fixture
def inside():
    """A machine of the house: listens, and tells whether anybody came."""
    with socket.create_server(("127.0.0.2", 0)) as line:
        line.setblocking(False)
        yield line


def nobody_came(line: socket.socket) -> bool:
    try:
        line.accept()
    except BlockingIOError:
        return True
    return False


def said_of(issuer: str) -> str:
    with pytest.raises(RegelVerletzt) as refused:
        check_aussteller(issuer=issuer)
    return refused.value.message.replace(issuer, "…")


def test_address_of_the_house__nobody_connects(outside, inside, server, dienst):
    for host in ("127.0.0.2", "127.2", "[::ffff:127.0.0.2]"):
        with pytest.raises(asked.OidcRefused):
            asked.fetch_description(f"http://{host}:{inside.getsockname()[1]}")
    assert nobody_came(inside)
    assert browser().get(BEGIN)["Location"] == "/anmelden/" and server.asked == []


def test_name_that_turns_inward__the_address_we_connect_to_counts(outside, inside, monkeypatch):
    """A name may have one address when it is looked at and another one when it is asked."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", inside.getsockname()[1]))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(asked.OidcRefused):
        asked.fetch_description("http://sso.example.org")
    assert nobody_came(inside)


def test_server_that_names_an_address_of_the_house__is_asked_itself_and_nothing_behind_it(settings, inside, server):
    settings.OIDC_NETZE = [ip_network("127.0.0.1/32")]
    there = f"http://127.0.0.2:{inside.getsockname()[1]}"
    server.answer = describe(server, jwks_uri=there, token_endpoint=there)
    config = asked.fetch_description(server.url)
    client = asked.RelyingParty("sojus", "", "http://vg.localhost/")
    with pytest.raises(asked.OidcRefused):
        asked.fetch_keys(config)
    with pytest.raises(asked.OidcRefused):
        asked.exchange_code(config, client, code="x", verifier="y" * 50)
    assert nobody_came(inside)


@pytest.mark.parametrize("named", [False, True], ids=["no network is named", "its network is named"])
def test_what_is_said__is_the_same_of_open_closed_and_filtered_ports(named, settings, server, impatient):
    """Otherwise whoever may type an address draws a map of the house. An open one that is named is asked."""
    settings.OIDC_NETZE = [ip_network("127.0.0.0/8")] if named else []
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.create_server(("127.0.0.1", 0)) as gone:
        closed = gone.getsockname()[1]
        gone.close()
        waiting = [socket.socket() for _ in range(4)]
        for line in waiting:
            line.setblocking(False)
            line.connect_ex(full.getsockname())
        said = [said_of(f"http://127.0.0.1:{port}") for port in (closed, full.getsockname()[1])]
        for line in waiting:
            line.close()
    if not named:
        said.append(said_of(server.url))
    assert len(set(said)) == 1 and "gibt zuerst der Betrieb des Portals frei" in said[0]
    assert server.asked == []


def test_proxy__may_be_in_the_house_and_leads_to_no_address_in_it(outside, proxy):
    proxy.answer = say("HTTP/1.1 502 Bad Gateway")
    for host in ("127.0.0.2", "127.2", "10.1.2.3", "[::1]"):
        with pytest.raises(asked.OidcRefused):
            asked.fetch_description(f"https://{host}")
    assert proxy.asked == []
    with pytest.raises(asked.OidcRefused):
        asked.fetch_description("https://sso.example.org")
    assert proxy.asked == ["sso.example.org:443"]


# -- how many wait ------------------------------------------------------------------------------


def waits(server, count: int) -> list[float]:
    """How long each of some threads waited for it."""
    found: list[float] = []

    def ask() -> None:
        def work() -> None:
            with pytest.raises(asked.OidcTooSlow):
                asked.fetch_document(server.url)

        found.append(seconds_of(work))

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_slow_server__two_threads_wait_and_the_others_are_told_at_once(server):
    server.answer = drip(LONG)
    found = waits(server, 8)
    assert [seconds > 0.9 for seconds in found] == [False] * 6 + [True] * 2
    assert found[5] < 0.5
    assert not calls._waiting


def test_slow_servers__half_of_the_threads_stay_for_everything_else(monkeypatch):
    with slow_server() as a, slow_server() as b, slow_server() as c:
        for server in (a, b, c):
            server.answer = drip(LONG)
        threads = [threading.Thread(target=waits, args=(server, 2)) for server in (a, b, c)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        assert calls._waiting.total() == calls.AT_ONCE
        for thread in threads:
            thread.join()


def test_was_too_slow__is_left_alone_for_a_while(server, dienst, monkeypatch):
    server.answer = drip(LONG)
    browser().get(BEGIN)
    asked = len(server.asked)
    client = browser()
    assert seconds_of(lambda: client.get(BEGIN)) < 0.9
    assert len(server.asked) == asked and TOO_SLOW in client.get("/anmelden/").content.decode()


@contextmanager
def held(server, count: int = 1, **how):
    """This number of threads asks it, each until the block ends."""
    done = threading.Event()

    def hold() -> None:
        with calls.asking(server, **how):
            done.wait(10)

    threads = [threading.Thread(target=hold) for _ in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    try:
        yield done
    finally:
        done.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("again", ["https://idp.example:443/b", "https://x@IDP.example/b", "https://idp.example./b"])
def test_one_server_in_two_spellings__leaves_the_places_of_others(again):
    """Two places are one server's; written in another way it had all four, and kept the people of all offices out."""
    with held("https://idp.example/a", 2):
        with pytest.raises(calls.Busy), calls.asking(again):
            pass
        with calls.asking("https://honest.example/"):
            pass


def test_administration_that_tests__takes_no_place_of_those_who_sign_in(server, dienst):
    """Four addresses of one's own that do not answer would have kept the people of all offices out."""
    server.answer = describe(server)
    with slow_server() as slow:
        slow.answer = drip(LONG)
        threads = [threading.Thread(target=lambda: said_of(slow.url)) for _ in range(6)]
        for thread in threads:
            thread.start()
        time.sleep(0.2)
        assert not calls._waiting and len(slow.asked) == 1
        assert "wird schon ein Anmeldedienst geprüft" in said_of(slow.url)
        steps = check_anmeldedienst(dienst=dienst, client_secret="", callback=f"http://vg.localhost{BACK}")
        assert [step.gut for step in steps] == [False] and "wird schon ein Anmeldedienst geprüft" in steps[0].text
        assert browser().get(BEGIN)["Location"].startswith(server.url)
        for thread in threads:
            thread.join()
    check_aussteller(issuer=server.url)


def test_server_that_was_slow_in_a_test__is_not_left_alone_by_those_who_sign_in(server):
    """Whoever types the address of another office's server, with a slow path, does not close it."""
    server.answer = drip(LONG)
    said_of(server.url)
    server.answer = describe(server)
    assert asked.fetch_description(server.url)


def test_way_back__waits_for_a_place(server, dienst):
    server.answer = describe(server)
    client = browser()
    client.get(BEGIN)
    state = next(iter(client.session["socialaccount_states"]))
    with held(server.url, calls.PER_SERVER) as done:
        assert seconds_of(lambda: browser().get(BEGIN)) < 0.5
        threading.Timer(0.5, done.set).start()
        client.get(f"{BACK}?code=x&state={state}")
    assert server.asked[-1] == "/token_endpoint"


def test_way_back_without_a_place__may_be_tried_again(server, dienst, monkeypatch):
    monkeypatch.setattr(calls, "PATIENCE_SECONDS", 0.2)
    server.answer = describe(server)
    client = browser()
    client.get(BEGIN)
    state = next(iter(client.session["socialaccount_states"]))
    with held(server.url, calls.PER_SERVER):
        client.get(f"{BACK}?code=x&state={state}")
        assert "Gerade melden sich zu viele gleichzeitig an" in client.get("/anmelden/").text
    assert server.asked == ["/.well-known/openid-configuration"]
    client.get(f"{BACK}?code=x&state={state}")
    assert server.asked[-1] == "/token_endpoint"
    client.get(f"{BACK}?code=x&state={state}")
    assert server.asked.count("/token_endpoint") == 1, "used up when the server was asked"


def test_made_up_way_back__waits_for_nothing(server, dienst):
    with held(server.url, calls.PER_SERVER):
        assert seconds_of(lambda: browser().get(f"{BACK}?code=x&state=made-up")) < 0.5


def test_those_who_wait_for_a_place__are_few(monkeypatch):
    monkeypatch.setattr(calls, "PATIENCE_SECONDS", 1.0)
    found: list[float] = []

    def wait() -> None:
        with pytest.raises(calls.Busy), calls.asking("http://a.example", patient=True):
            pass

    with held("http://a.example", calls.PER_SERVER):
        threads = [threading.Thread(target=lambda: found.append(seconds_of(wait))) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [seconds > 0.9 for seconds in sorted(found)] == [False] * 3 + [True] * calls.PATIENT


def test_found_slow_while_others_wait__they_leave_it_alone(server):
    server.answer = drip(LONG)
    with held("http://b.example", calls.AT_ONCE - calls.PER_SERVER):
        threads = [threading.Thread(target=waits, args=(server, 1)) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.2)
        with pytest.raises(calls.TooSlow, match="a moment ago"), calls.asking(server.url, patient=True):
            pass
        for thread in threads:
            thread.join()


# -- what is kept -------------------------------------------------------------------------------


def test_description__asked_once_for_many_who_begin(server, dienst):
    server.answer = describe(server)
    for _ in range(5):
        assert browser().get(BEGIN)["Location"].startswith(f"{server.url}/authorization_endpoint")
    assert len(server.asked) == 1


def test_bad_description__is_not_kept(server, dienst):
    server.answer = describe(server, issuer="https://evil.example")
    assert browser().get(BEGIN)["Location"] == "/anmelden/"
    server.answer = describe(server)
    assert browser().get(BEGIN)["Location"].startswith(server.url)


def test_description_with_an_address_that_is_none__is_refused(server, dienst):
    server.answer = describe(server, token_endpoint="https://[x")
    assert browser().get(BEGIN)["Location"] == "/anmelden/"


def test_unknown_key__asks_again_once_in_a_while(server):
    known = {"keys": [{"kid": "a", "use": "sig"}]}

    def keys(line, path):
        body = json.dumps(known).encode()
        say(f"HTTP/1.1 200 OK\nContent-Length: {len(body)}", body)(line, path)

    server.answer = keys
    config = {"jwks_uri": f"{server.url}/jwks"}
    assert asked.find_key(config, kid="a")["kid"] == "a"
    known["keys"].append({"kid": "b", "use": "sig"})
    assert asked.find_key(config, kid="a") and len(server.asked) == 1
    assert asked.find_key(config, kid="b") and len(server.asked) == 2
    for _ in range(5):
        with pytest.raises(asked.OidcRefused):
            asked.find_key(config, kid="made up")
    assert len(server.asked) == 2


# -- the database does not wait -----------------------------------------------------------------


@pytest.mark.parametrize("block", [at_sign_in, transaction.atomic], ids=["fence", "without a fence"])
def test_inside_a_transaction__no_server_is_asked(server, block):
    with block(), pytest.raises(RuntimeError, match="outside of every transaction"):
        asked.fetch_description(server.url)
    assert server.asked == []


# -- who begins ---------------------------------------------------------------------------------


def test_begun_again_and_again__the_network_waits(server, dienst, monkeypatch):
    monkeypatch.setattr(views, "BEGUN_MAX", 3)
    server.answer = describe(server)
    for _ in range(3):
        assert browser().get(BEGIN)["Location"].startswith(server.url)
    client = browser()
    assert client.get(BEGIN)["Location"] == "/anmelden/"
    assert "zu oft eine Anmeldung begonnen" in client.get("/anmelden/").content.decode()
    other = Client(SERVER_NAME="vg.localhost", REMOTE_ADDR="192.0.2.7")
    assert other.get(BEGIN)["Location"].startswith(server.url)


def test_honest_sign_in__gives_its_begin_back(provider, dienst_of_mock, cast):  # noqa: F811
    cast.user("anna")
    assert sign_in(provider)[1]["Location"] == "/konto/"
    counts = Anmeldeversuch.objects.order_by("anzahl").values_list("anzahl", flat=True)
    assert list(counts) == [0, 1], "the network's begin, and the state, which stays used"
