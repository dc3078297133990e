"""The nginx example is taken as it stands, by the oldest nginx we name: Debian 12 has 1.22."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from deploy.embedded_postgres import PROJECT

EXAMPLE = (PROJECT / "deploy" / "nginx" / "sojus.conf").read_text()
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
OPENSSL = shutil.which("openssl")


def test_example__uses_no_directive_younger_than_debian_12():
    code = re.sub(r"#.*", "", EXAMPLE)
    assert not re.search(r"^\s*http2\s+on", code, re.MULTILINE), "the directive came with nginx 1.25.1"
    assert re.search(r"listen 443 ssl http2;", code)


@pytest.mark.skipif(not NGINX or not OPENSSL, reason="no nginx or openssl here (Debian: apt-get install nginx openssl)")
def test_example__is_valid(tmp_path):
    key, chain = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test",
         "-days", "1", "-keyout", key, "-out", chain],
        check=True, capture_output=True,
    )  # fmt: skip
    text = EXAMPLE.replace("/etc/ssl/sojus", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "sojus.conf").write_text(text)
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"pid {tmp_path}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{ include {tmp_path}/sojus.conf; }}\n"
    )
    done = subprocess.run([NGINX, "-t", "-c", conf], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "syntax is ok" in done.stderr
