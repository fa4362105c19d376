"""The server beside its own OpenAPI document: schemathesis asks every route, with good and bad values, for a bounded time.

Starts a server on seeded data of its own, signs in, runs schemathesis, and ends with a line such as
`test result: ok. 31 passed; 0 failed` that counts operations. Needs QIANBAO_BIN and QIANBAO_SANDBOX_BIN; SCHEMA_SECONDS bounds the run.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as xml
from pathlib import Path

SECONDS = int(os.environ.get("SCHEMA_SECONDS", "90"))
PASSWORD = "jade-river-walks-2026"
# The stream never ends, and signing out would end the run's own session: both have tests of their own.
LEFT_OUT = ["--exclude-path", "/v1/events", "--exclude-operation-id", "sign_out"]
# Refusals by rule (no money, order over) are right answers to well-formed requests.
LEFT_CHECKS = "positive_data_acceptance"


def unused_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(port, host, path, body=None, cookie=None):
    headers = {"Host": host, "Origin": f"http://{host}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if cookie:
        headers["Cookie"] = cookie
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers), timeout=10)


def wait_ready(server, port, host):
    for _ in range(600):
        if server.poll() is not None:
            sys.exit(f"the server ended with {server.returncode} before it was ready")
        try:
            with ask(port, host, "/readyz") as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    sys.exit("the server was not ready within 30 s")


def count(report):
    """Operations that passed and failed, from the JUnit report."""
    passed, failed = 0, 0
    for case in xml.parse(report).getroot().iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        if case.find("skipped") is None:
            passed, failed = passed + (not bad), failed + bad
    return passed, failed


def check(port, host, cookie, folder):
    report = Path(folder) / "junit.xml"
    # The session is told as what the document calls it, so that checks without it really go without it.
    token = cookie.split("=", 1)[1]
    (Path(folder) / "schemathesis.toml").write_text(f'[auth.openapi.session]\napi_key = "{token}"\n')
    program = Path(sys.executable).with_name("schemathesis")
    ended = subprocess.run(
        [
            program, "run", f"http://127.0.0.1:{port}/v1/openapi.json",
            "--header", f"Host: {host}", "--header", f"Origin: http://{host}",
            "--checks", "all", "--exclude-checks", LEFT_CHECKS, *LEFT_OUT,
            "--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--max-time", str(SECONDS),
            "--continue-on-failure", "--seed", "1", "--request-timeout", "10", "--warnings", "off",
            "--suppress-health-check", "all", "--report", "junit", "--report-junit-path", str(report),
        ],
        cwd=folder,
        timeout=SECONDS * 4 + 60,
        check=False,
    )
    if not report.exists():
        sys.exit("schemathesis left no report: its message stands above")
    passed, failed = count(report)
    good = ended.returncode == 0 and passed > 0
    print(f"test result: {'ok' if good else 'FAILED'}. {passed} passed; {failed} failed")
    return good


def main():
    program = os.environ["QIANBAO_BIN"]
    port, bank_port = unused_port(), unused_port()
    host = f"wallet.localhost:{port}"
    with tempfile.TemporaryDirectory(prefix="qianbao-") as folder:
        data = Path(folder) / "data"
        quiet = {**os.environ, "QIANBAO_LOG": "warn"}
        subprocess.run([program, "seed", "--data", data], check=True, env=quiet)
        bank = subprocess.Popen(
            [os.environ["QIANBAO_SANDBOX_BIN"], "--listen", f"127.0.0.1:{bank_port}", "--notify-url", f"http://127.0.0.1:{port}"], env=quiet
        )
        server = subprocess.Popen(
            [
                program, "serve", "--data", data, "--listen", f"127.0.0.1:{port}", "--domain", f"localhost:{port}",
                "--bank-url", f"http://127.0.0.1:{bank_port}",
            ],
            env=quiet,
        )
        try:
            wait_ready(server, port, host)
            with ask(port, host, "/v1/session", {"handle": "ming", "password": PASSWORD}) as answer:
                cookie = answer.headers["Set-Cookie"].split(";")[0]
            good = check(port, host, cookie, folder)
            alive = server.poll() is None
        finally:
            for process in (server, bank):
                process.send_signal(signal.SIGTERM)
                process.wait(30)
    sys.exit(0 if good and alive else 1)


if __name__ == "__main__":
    main()
