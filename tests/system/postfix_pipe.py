# SPDX-License-Identifier: Apache-2.0
"""A private Postfix whose pipe hands mails to `hansho ingest --mail`, as packaging/postfix sets it up."""

import os
import pathlib
import re
import shutil
import smtplib
import subprocess
import tempfile

import pytest

import harness

POSTFIX = "/usr/sbin/postfix"
USER = "nobody"
SERVICES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """top: a folder its daemons may enter."""

    def __init__(self, argv):
        if not os.path.exists(POSTFIX) or os.geteuid() != 0:
            pytest.skip("needs Postfix and root")
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="hansho-postfix-"))
        self.top.chmod(0o755)
        self.config = self.top / "conf"
        queue, data = self.top / "queue", self.top / "data"
        for folder in (self.config, queue, data):
            folder.mkdir(mode=0o755)
        subprocess.run(["chown", "postfix", data], check=True)
        self.port = harness.free_port()
        self.log_path = self.top / "log"
        (self.config / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
mydestination =
relay_domains = alerts.test
transport_maps = inline:{{ {{ alerts.test = hansho: }} }}
hansho_destination_recipient_limit = 1
relayhost = [127.0.0.1]:1
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = relay.test
smtp_host_lookup = native
smtp_dns_support_level = disabled
maillog_file = {self.log_path}
maillog_file_prefixes = {self.top}
alias_maps =
alias_database =
multi_instance_wrapper =
multi_instance_enable = no
smtpd_peername_lookup = no
""")
        # Where the pipe's user can run it: a clone under /root is closed to everybody else.
        program = shutil.copy(argv[0], self.top / "hansho")
        argv = [program, *argv[1:]]
        pipe = f"hansho unix - n n - 1 pipe flags=R user={USER} argv={' '.join(map(str, argv))}"
        (self.config / "master.cf").write_text(f"127.0.0.1:{self.port} inet n - n - - smtpd\n{SERVICES}{pipe}\n")

    def run(self, program, *args):
        return subprocess.run([program, "-c", str(self.config), *args], check=True, capture_output=True, text=True, timeout=60)

    def __enter__(self):
        self.run(POSTFIX, "start")
        # Follows the log from its beginning, also where it does not exist yet.
        self.tail = subprocess.Popen(["tail", "-n", "+1", "-F", self.log_path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return self

    def __exit__(self, *_):
        self.tail.terminate()
        self.tail.wait()
        self.tail.stdout.close()
        subprocess.run([POSTFIX, "-c", str(self.config), "stop"], capture_output=True, timeout=60, check=False)
        shutil.rmtree(self.top, ignore_errors=True)

    def send(self, message, sender="receiver@city.example.jp", to="jalert@alerts.test"):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=harness.PATIENCE) as s:
            s.sendmail(sender, [to], message)

    def until(self, pattern):
        """The next line of the log that has pattern."""
        for line in self.tail.stdout:
            if re.search(pattern, line):
                return line
        raise AssertionError(f"the log ended without {pattern}")

    def flush(self):
        self.run("/usr/sbin/postqueue", "-f")

    def queue(self):
        return self.run("/usr/sbin/postqueue", "-j").stdout.splitlines()
