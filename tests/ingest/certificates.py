# SPDX-License-Identifier: Apache-2.0
"""Certificates for tests, made with openssl(1) once a run."""
import functools
import subprocess
import tempfile
from pathlib import Path


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


class Authority:
    def __init__(self, folder, name):
        self.folder = Path(folder)
        self.key = self.folder / f"{name}.key"
        self.file = self.folder / f"{name}.crt"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.file)

    def issue(self, name, san="", days=30):
        """(certificate, key); days may be negative: it ended long ago."""
        at = self.folder / f"{self.file.stem}-{name}{days}"
        key, request, crt, ext = (at.with_suffix(s) for s in (".key", ".csr", ".crt", ".ext"))
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        ext.write_text(f"subjectAltName={san}\n" if san else "basicConstraints=CA:FALSE\n")
        openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key, "-set_serial", "7",
                "-days", days, "-extfile", ext, "-out", crt)
        return crt, key


class Certificates:
    """An authority of ours and a stranger's, a server and some senders."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="hansho-certificates-"))
        self.ca = Authority(self.folder, "ours")
        self.other_ca = Authority(self.folder, "stranger")
        self.server = self.ca.issue("localhost", "DNS:localhost,IP:127.0.0.1")
        self.pref = self.ca.issue("ignored.example.jp", "DNS:cap.pref.example.jp,email:bosai@pref.example.jp")
        self.vendor = self.ca.issue("vendor-box")
        self.nobody = self.ca.issue("nobody", "DNS:nobody.example.jp")
        self.expired = self.ca.issue("vendor-box", days=-1)
        self.forged = self.other_ca.issue("vendor-box")


@functools.cache
def certificates():
    return Certificates()
