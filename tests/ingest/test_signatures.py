# SPDX-License-Identifier: Apache-2.0
"""XML signatures of CAP alerts: signed here with xmlsec1, judged by hansho-ingest."""
import json
import re
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ingest_hub import Hub, cap, counted, feed

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
CERTIFICATE = "<ds:X509Data><ds:X509Certificate/></ds:X509Data>"


def run(*command):
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, (command, done.stderr.decode(errors="replace"))
    return done.stdout


@pytest.fixture(scope="module", name="keys")
def make_keys(tmp_path_factory):
    """An authority `ca`, `town` under it, and `stranger` on its own; `past` ended last year."""
    if not shutil.which("xmlsec1") or not shutil.which("openssl"):
        pytest.skip("xmlsec1 and openssl are needed to sign")
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ca", "stranger"):
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=town", "-keyout", folder / "town.key",
        "-out", folder / "town.csr")
    run("openssl", "x509", "-req", "-in", folder / "town.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
        "-CAcreateserial", "-days", "30", "-out", folder / "town.pem")
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=past", "-keyout", folder / "past.key",
        "-out", folder / "past.csr")
    then = datetime.now(timezone.utc) - timedelta(days=400)
    for part in ("index.txt", "serial"):
        (folder / part).write_text("" if part == "index.txt" else "01\n")
    (folder / "ca.cnf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index.txt\nserial={folder}/serial\nnew_certs_dir={folder}\n"
        "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
    run("openssl", "ca", "-batch", "-config", folder / "ca.cnf", "-in", folder / "past.csr", "-cert", folder / "ca.pem",
        "-keyfile", folder / "ca.key", "-startdate", then.strftime("%Y%m%d%H%M%SZ"),
        "-enddate", (then + timedelta(days=30)).strftime("%Y%m%d%H%M%SZ"), "-notext", "-out", folder / "past.pem")
    return folder


def template(uri="", canonical=EXCLUSIVE, method=RSA_SHA256, digest=SHA256, transforms=None, key=CERTIFICATE, more=""):
    steps = transforms if transforms is not None else [DSIG + "enveloped-signature", canonical]
    listed = "".join(f'<ds:Transform Algorithm="{t}"/>' for t in steps)
    return (f'<ds:Signature xmlns:ds="{DSIG}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{canonical}"/>'
            f'<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="{uri}"><ds:Transforms>{listed}</ds:Transforms>'
            f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>'
            f"<ds:SignatureValue/><ds:KeyInfo>{key}</ds:KeyInfo>{more}</ds:Signature>").encode()


def sign(keys, signer, alert, form, *options):
    """The alert with the filled-in signature as its last child."""
    source, signed = keys / "template.xml", keys / "signed.xml"
    source.write_bytes(alert.replace(b"</alert>", form + b"</alert>"))
    run("xmlsec1", "--sign", "--privkey-pem", f"{keys / signer}.key,{keys / signer}.pem", *options, "--output", signed,
        source)
    return signed.read_bytes()


def signature_of(signed):
    return re.search(rb"<ds:Signature .*?</ds:Signature>", signed, re.S).group(0)


def signatures_told(folder, data, **members):
    """What the process tells the hub of one message's signatures."""
    with Hub(folder, [feed("main", **members)]) as hub, hub.client("main") as client:
        client.send(data)
        client.end()
        message = hub.wait("alert")
        hub.answer(message)
        client.rest()
    alert = message["alert"]
    codes = [w["code"] for w in alert.get("warnings", [])]
    return [(s["state"], s.get("signer", ""), s.get("reason", "")) for s in alert.get("signatures", [])], codes


def answer_to(folder, data, **members):
    with Hub(folder, [feed("main", **members)]) as hub, hub.client("main") as client:
        hub.answer_all()
        return client.send_whole(data)


def test_a_trusted_authority_makes_a_signature_trusted(tmp_path, keys):
    signed = sign(keys, "town", cap(), template())
    told, codes = signatures_told(tmp_path, signed, trusted_certs=[str(keys / "ca.pem")])
    assert told == [("valid-trusted", "CN=town", "")] and codes == []


def test_the_signers_own_certificate_may_be_trusted(tmp_path, keys):
    signed = sign(keys, "town", cap(), template())
    told, _ = signatures_told(tmp_path, signed, trusted_certs=[str(keys / "town.pem")])
    assert told == [("valid-trusted", "CN=town", "")]


def test_a_signature_without_certificate_is_tried_with_those_trusted(tmp_path, keys):
    signed = sign(keys, "town", cap(), template(key="<ds:KeyName>town</ds:KeyName>"))
    told, _ = signatures_told(tmp_path, signed, trusted_certs=[str(keys / "stranger.pem"), str(keys / "town.pem")])
    assert told == [("valid-trusted", "CN=town", "")]


@pytest.mark.parametrize("signer, key, reason", [
    ("stranger", CERTIFICATE, "self-signed certificate"),
    ("past", CERTIFICATE, "certificate has expired"),
    ("town", "<ds:KeyValue/>", "only a bare key, no certificate"),
])
def test_valid_but_untrusted(tmp_path, keys, signer, key, reason):
    signed = sign(keys, signer, cap(), template(key=key))
    told, codes = signatures_told(tmp_path, signed, trusted_certs=[str(keys / "ca.pem")])
    assert [t[0] for t in told] == ["valid-untrusted"] and reason in told[0][2]
    assert codes == []


def test_a_changed_word_makes_it_invalid_and_the_alert_is_still_taken(tmp_path, keys):
    signed = sign(keys, "town", cap(), template()).replace(b"Number 1", b"Number 2")
    told, codes = signatures_told(tmp_path, signed, trusted_certs=[str(keys / "ca.pem")])
    assert [t[0] for t in told] == ["invalid"] and codes == ["signature-invalid"]


@pytest.mark.parametrize("canonical", [
    C14N, C14N + "#WithComments", EXCLUSIVE, EXCLUSIVE + "WithComments", "http://www.w3.org/2006/12/xml-c14n11"])
def test_forms_of_canonical_xml(tmp_path, keys, canonical):
    alert = cap().replace(b"<info>", b"<!-- a comment --><info>").replace(b"Number 1", b"<![CDATA[Number 1]]>")
    signed = sign(keys, "town", alert, template(canonical=canonical))
    told, _ = signatures_told(tmp_path, signed, trusted_certs=[str(keys / "ca.pem")])
    assert told == [("valid-trusted", "CN=town", "")]


def test_a_reference_to_the_root_by_its_id(tmp_path, keys):
    alert = cap().replace(b"<alert ", b'<alert Id="whole" ')
    signed = sign(keys, "town", alert, template(uri="#whole"), "--id-attr:Id", "alert")
    told, _ = signatures_told(tmp_path, signed, trusted_certs=[str(keys / "ca.pem")])
    assert told == [("valid-trusted", "CN=town", "")]


def test_two_signatures_side_by_side_each_without_the_other(tmp_path, keys):
    """NAADS and Environment Canada: by the book, either would make the other invalid."""
    first = signature_of(sign(keys, "town", cap(), template()))
    second = signature_of(sign(keys, "stranger", cap(), template(canonical=C14N)))
    both = cap().replace(b"</alert>", first + second + b"</alert>")
    told, codes = signatures_told(tmp_path, both, trusted_certs=[str(keys / "ca.pem")])
    assert [t[0] for t in told] == ["valid-trusted", "valid-untrusted"] and codes == []


def test_a_second_signature_over_the_first(tmp_path, keys):
    once = sign(keys, "town", cap(), template())
    source, out = keys / "twice.xml", keys / "twice-signed.xml"
    source.write_bytes(once.replace(b"</alert>", template().replace(b"<ds:Signature ", b'<ds:Signature Id="s2" ') + b"</alert>"))
    run("xmlsec1", "--sign", "--privkey-pem", f"{keys / 'stranger'}.key,{keys / 'stranger'}.pem", "--node-id", "s2",
        "--id-attr:Id", f"{DSIG}:Signature", "--output", out, source)
    told, _ = signatures_told(tmp_path, out.read_bytes(), trusted_certs=[str(keys / "ca.pem")])
    assert [t[0] for t in told] == ["valid-trusted", "valid-untrusted"]


SHA1_FORM = template(method=DSIG + "rsa-sha1", digest=DSIG + "sha1")


def test_sha1_counts_only_where_the_feed_says_so(tmp_path, keys):
    signed = sign(keys, "town", cap(), SHA1_FORM)
    certs = [str(keys / "ca.pem")]
    told, codes = signatures_told(tmp_path, signed, trusted_certs=certs)
    assert told == [("unsupported", "", "SHA-1 is not accepted here")] and codes == ["signature-unsupported"]
    told, codes = signatures_told(tmp_path, signed, trusted_certs=certs, signature_sha1=True)
    assert told == [("valid-trusted", "CN=town", "")] and codes == []


@pytest.mark.parametrize("change, reason", [
    ((b'URI=""', b'URI="#other"'), "not to the alert as a whole"),
    ((b'URI=""', b'URI="file:///etc/passwd"'), "not to the alert as a whole"),
    ((b'URI=""', b'URI="http://127.0.0.1:9/x"'), "not to the alert as a whole"),
    ((b"xml-exc-c14n#\"/></ds:Transforms>", b"xml-exc-c14n#\"/><ds:Transform "
      b'Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>true()</ds:XPath></ds:Transform>'
      b"</ds:Transforms>"), "transform that is not allowed"),
    ((b"xml-exc-c14n#\"/></ds:Transforms>", b"xml-exc-c14n#\"/><ds:Transform "
      b'Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ds:Transforms>'), "transform that is not allowed"),
    ((b"</ds:SignedInfo>", b'<ds:Reference URI=""/></ds:SignedInfo>'), "not exactly one reference"),
    ((b"<ds:X509Data>", b'<ds:RetrievalMethod URI="http://127.0.0.1:9/k"/><ds:X509Data>'), "a kind of key"),
    ((RSA_SHA256.encode(), (DSIG + "hmac-sha1").encode()), "signature algorithm"),
])
def test_what_could_make_a_signature_speak_of_something_else_is_not_tried(tmp_path, keys, change, reason):
    signed = sign(keys, "town", cap(), template())
    assert change[0] in signed
    told, codes = signatures_told(tmp_path, signed.replace(*change), trusted_certs=[str(keys / "ca.pem")])
    assert [t[0] for t in told] == ["unsupported"] and reason in told[0][2]
    assert codes == ["signature-unsupported"]


def test_a_signed_alert_wrapped_inside_another_proves_nothing(tmp_path, keys):
    """Signature wrapping: what was signed is kept inside, what is decoded is not it."""
    signed = sign(keys, "town", cap(), template())
    inner = re.search(rb"<alert.*</alert>", signed, re.S).group(0)
    forged = cap(2).replace(b"</alert>", signature_of(signed) + b"<extra>" + inner + b"</extra></alert>")
    told, _ = signatures_told(tmp_path, forged, trusted_certs=[str(keys / "ca.pem")])
    assert [t[0] for t in told] == ["invalid"]
    nested = cap(2).replace(b"</alert>", b"<extra>" + inner + b"</extra></alert>")
    told, _ = signatures_told(tmp_path, nested, trusted_certs=[str(keys / "ca.pem")])
    assert told == []


def test_an_object_beside_the_key_says_nothing(tmp_path, keys):
    """NAADS puts one in no namespace there."""
    signed = sign(keys, "town", cap(), template()).replace(b"</ds:KeyInfo>", b'</ds:KeyInfo><Object xmlns=""><x/></Object>')
    told, codes = signatures_told(tmp_path, signed, trusted_certs=[str(keys / "ca.pem")])
    assert told == [("valid-trusted", "CN=town", "")] and codes == []


def test_a_signature_does_not_change_what_the_alert_is(tmp_path, keys):
    signed = sign(keys, "town", cap(), template())
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(counted(cap(), signed))
        plain, other = hub.wait("alert")["alert"], hub.wait("alert")["alert"]
    other.pop("signatures")
    assert plain == other


def test_ignore_does_not_look(tmp_path, keys):
    signed = sign(keys, "town", cap(), template()).replace(b"Number 1", b"Number 2")
    assert signatures_told(tmp_path, signed, signature="ignore") == ([], [])


@pytest.mark.parametrize("make, accepted", [
    (lambda keys: sign(keys, "town", cap(), template()), True),
    (lambda keys: sign(keys, "stranger", cap(), template()), False),
    (lambda keys: sign(keys, "town", cap(), template()).replace(b"Number 1", b"Number 2"), False),
    (lambda keys: sign(keys, "town", cap(), SHA1_FORM), False),
    (lambda keys: cap(), False),
])
def test_require_takes_only_what_somebody_trusted_signed(tmp_path, keys, make, accepted):
    answers = answer_to(tmp_path, make(keys), signature="require", trusted_certs=[str(keys / "ca.pem")])
    assert [next(iter(a)) for a in answers] == ["accepted" if accepted else "refused"]
    assert accepted or answers[0]["refused"] == "signature"


def test_require_is_not_got_round_by_another_format(tmp_path, keys):
    """A JSON alert may say of itself what it likes."""
    with Hub(tmp_path, [feed("open", formats=["cap", "json"])]) as hub, hub.client("open") as client:
        client.send(sign(keys, "town", cap(), template()))
        client.end()
        alert = hub.wait("alert")["alert"]
    alert["signatures"] = [{"state": "valid-trusted", "signer": "CN=town"}]
    answers = answer_to(tmp_path, json.dumps(alert).encode(), formats=["cap", "json"],
                        signature="require", trusted_certs=[str(keys / "ca.pem")])
    assert [a["refused"] for a in answers] == ["signature"]


def test_a_certificate_that_cannot_be_read_is_a_fault(tmp_path):
    with Hub(tmp_path, [feed("main", trusted_certs=[str(tmp_path / "none.pem")])], hello=False) as hub:
        hub.say({"op": "hello", "site": "town", "feeds": hub.feeds})
        fault = hub.wait("fault")
        assert fault["feed"] == "main" and "none.pem" in fault["text"]
        assert hub.status() == 1


def test_inside_an_envelope_with_namespaces_of_its_own(tmp_path, keys):
    """Canonical XML 1.0 sees the envelope's namespaces; the alert was signed before it was put in."""
    signed = sign(keys, "town", cap(), template(canonical=C14N))
    inner = re.search(rb"<alert.*</alert>", signed, re.S).group(0)
    envelope = (b'<e:EDXLDistribution xmlns:e="urn:oasis:names:tc:emergency:EDXL:DE:1.0" xmlns:more="urn:x">'
                b"<e:distributionStatus>Actual</e:distributionStatus><e:distributionType>Report</e:distributionType>"
                b"<e:contentObject><e:xmlContent><e:embeddedXMLContent>" + inner +
                b"</e:embeddedXMLContent></e:xmlContent></e:contentObject></e:EDXLDistribution>")
    told, _ = signatures_told(tmp_path, envelope, trusted_certs=[str(keys / "ca.pem")])
    assert told == [("valid-trusted", "CN=town", "")]


SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "cap"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
@pytest.mark.parametrize("file, states", [
    ("valid/ca-naads-dual-signed-sha1.xml", ["valid-untrusted", "valid-untrusted"]),  # certificates of 2013
    ("valid/ipaws-signed-cancel-no-info.xml", ["valid-untrusted"]),
    ("valid/ipaws-2025-signed-alert.xml", ["valid-untrusted"]),
    ("valid/ipaws-2025-signed-cancel.xml", ["valid-untrusted"]),
    ("valid/ipaws-2025-signed-ds-prefix.xml", ["valid-untrusted"]),
    ("valid/ph-cyclone-signed-keyvalue.xml", ["valid-untrusted"]),
    ("invalid/derived-ipaws-signature-tampered.xml", ["invalid"]),
    ("invalid/cap11-signature-before-info.xml", ["valid-untrusted"]),
])
def test_signatures_of_real_authorities(tmp_path, file, states):
    certs = [str(SHARED / "schema" / f"{n}-x509-2013.pem") for n in ("naads", "environment-canada")]
    told, _ = signatures_told(tmp_path, (SHARED / file).read_bytes(), trusted_certs=certs, signature_sha1=True)
    assert [t[0] for t in told] == states, told
