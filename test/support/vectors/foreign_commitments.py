#!/usr/bin/env python3
"""What reports commit to, written from the documents on formats and not by this library: manifests in canonical form,
native frames, and answers of a 2cVM agent whose signatures OpenSSL's command makes.

  foreign_commitments.py < keys      cases as JSON on standard output; keys: { "tee", "other" }, private keys in PEM

Bodies of agents hold @REPORT@ where the signed report goes. Sources: RFC 8785; docs/commitments.md, the native frame;
2cVM-attestation-agent, agent/routes/attestation.py. Python 3 and `openssl`, nothing else.
"""
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import unicodedata

sys.dont_write_bytecode = True
from foreign_layout import b64, report  # noqa: E402

CHALLENGE = hashlib.sha256(b"foreign challenge").digest()
ODD = "é \U0001f512 \u2028 \x7f / < & \b\t\n\f\r\x01 \" \\"


def canonical(value):
    """RFC 8785 for text, lists and objects: keys by their UTF-16 units, nothing escaped that need not be."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def digest(algorithm, text):
    return hashlib.new(algorithm, text if isinstance(text, bytes) else text.encode()).digest()


def manifest(**changes):
    code = lambda name: "sha256:" + digest("sha256", name).hex()
    document = {
        "schema": "attested/manifest@1", "title": "Two laboratories, one model",
        "participants": [{"name": "north", "did": "did:web:north.example"}, {"name": "south", "did": "did:web:south.example"}],
        "components": [{"name": "reader", "participant": "north", "digest": code("reader")},
                       {"name": "fitter", "participant": "south", "digest": code("fitter")}],
        "data": [{"name": "samples", "participant": "north", "digest": code("samples")}],
        "permissions": [{"component": "reader", "reads": ["samples"], "capabilities": []},
                        {"component": "fitter", "reads": [], "capabilities": ["random"]}],
        "channels": [{"from": "reader", "to": "fitter"}],
        "outputs": [{"name": "curve.csv", "component": "fitter", "receivers": ["south"]}],
    }
    return {**document, **changes}


EXPECTED = {"self": "north", "selfDid": "did:web:north.example", "receivers": ["south"],
            "receiversOf": {"samples": ["south"]}, "capabilities": []}
PLAIN, STRANGE = manifest(), manifest(title=ODD)
TEXT = canonical(PLAIN)


def committed(data):
    return b64(report("Milan", report_data=data))


def text_case(text, of=None, algorithm="sha256"):
    """A manifest's text, and a report that commits to the digest of the canonical form of `of`, or of these bytes."""
    whole = digest(algorithm, of if isinstance(of, str) else canonical(PLAIN if of is None else of))
    return {"text": text, "report": committed(whole), "digest": whole.hex()}


backwards = {key: PLAIN[key] for key in reversed(PLAIN)}
ACCENT, PARTS = (manifest(title=unicodedata.normalize(form, "Zürich, été")) for form in ("NFC", "NFD"))
MANIFESTS = {
    "canonical": text_case(TEXT),
    "indented, members backwards": text_case(json.dumps(backwards, indent=2)),
    "tabs and line ends of Windows": text_case(json.dumps(PLAIN, indent="\t").replace("\n", "\r\n")),
    "all that JSON escapes": text_case(canonical(STRANGE), STRANGE),
    "escaped to ASCII": text_case(json.dumps(STRANGE), STRANGE),
    "escapes that need not be": text_case(TEXT.replace("/", "\\/").replace("Two", "\\u0054\\u0077o"), PLAIN),
    "empty lists": text_case(json.dumps(manifest(data=[], outputs=[], channels=[])), manifest(data=[], outputs=[], channels=[])),
    "SHA-384": text_case(TEXT, algorithm="sha384"), "SHA-512": text_case(TEXT, algorithm="sha512"),
    "digest of text with spaces": text_case(json.dumps(PLAIN), json.dumps(PLAIN)),
    "digest of text escaped to ASCII": text_case(canonical(STRANGE), json.dumps(STRANGE, sort_keys=True, separators=(",", ":"))),
    "digest of members unsorted": text_case(TEXT, json.dumps(PLAIN, separators=(",", ":"))),
    "digest with a line end": text_case(TEXT, TEXT + "\n"),
    "digest of another normal form": text_case(canonical(PARTS), ACCENT),
    "BOM": text_case("\ufeff" + TEXT), "NaN": text_case(json.dumps(manifest(title=float("nan")))),
    "Python's own notation": text_case(repr(PLAIN)), "comma behind the last": text_case(TEXT[:-1] + ",}"),
    "tab within text": text_case(TEXT.replace("Two ", "Two\t")), "key twice": text_case('{"title":"x",' + TEXT[1:]),
    "half a surrogate pair": text_case(TEXT.replace("Two", "\\ud83d")), "two documents": text_case(TEXT + TEXT),
    "title is a number": text_case(canonical(manifest(title=1))), "no outputs": text_case(canonical({k: v for k, v in PLAIN.items() if k != "outputs"})),
}


def prefixed(form, data):
    return struct.pack(form, len(data)) + data


def frame(carrier, profile, inputs, tag=b"SNPCLAIM", version=1, length=">I", order=sorted):
    body = b"".join(prefixed("B", name.encode()) + prefixed(length, inputs[name]) for name in order(inputs))
    return tag + bytes([version, carrier]) + prefixed("B", profile.encode()) + bytes([len(inputs)]) + body


def fresh(algorithm="sha256", challenge=CHALLENGE, profile="manifest-nonce/1", carrier=1, hashed="sha512", **how):
    inputs = {"manifest": digest(algorithm, TEXT), "nonce": challenge}
    whole = digest(hashed, frame(carrier, profile, inputs, **how))
    return {"text": TEXT, "report": committed(whole), "digest": inputs["manifest"].hex(), "challenge": challenge.hex()}


def at_launch(algorithm="sha256", profile="manifest-host/1", carrier=2, inputs=None, **how):
    inputs = inputs or {"manifest": digest(algorithm, TEXT)}
    whole = digest("sha256", frame(carrier, profile, inputs, **how))
    return {"text": TEXT, "report": b64(report("Milan", host_data=whole)), "digest": digest(algorithm, TEXT).hex()}


FRAMES = {
    **{f"{name} and a challenge": fresh(name) for name in ("sha256", "sha384", "sha512")},
    "challenge of 16 bytes": fresh(challenge=CHALLENGE[:16]), "challenge of 1024 bytes": fresh(challenge=CHALLENGE * 32),
    "sha256 at launch": at_launch(), "sha384 at launch": at_launch("sha384"),
    "values without lengths": {**fresh(), "report": committed(digest("sha512", digest("sha256", TEXT) + CHALLENGE))},
    "lengths little-endian": fresh(length="<I"), "lengths of 16 bits": fresh(length=">H"),
    "inputs backwards": fresh(order=lambda names: sorted(names, reverse=True)), "another tag": fresh(tag=b"snpclaim"),
    "version 2": fresh(version=2), "another profile": fresh(profile="2cvm-direct/1"), "another carrier": fresh(carrier=2),
    "SHA-256 of the frame": fresh(hashed="sha256"), "SHA3-512 of the frame": fresh(hashed="sha3_512"),
    "at launch, another profile": at_launch(profile="manifest-nonce/1"), "at launch, another carrier": at_launch(carrier=1),
    "at launch, the digest alone": {**at_launch(), "report": b64(report("Milan", host_data=digest("sha256", TEXT)))},
    "at launch, nothing": {**at_launch(), "report": b64(report("Milan"))},
}

KEY = bytes.fromhex("302a300506032b6570032100") + digest("sha256", "foreign key")


def direct(key=KEY, of=None, **how):
    inputs = {"key": key, "manifest": digest("sha256", of or TEXT), "nonce": CHALLENGE}
    return {"report": committed(digest("sha512", frame(1, "2cvm-direct/1", inputs, **how))), "key": KEY.hex(),
            "digest": digest("sha256", TEXT).hex(), "challenge": CHALLENGE.hex()}


DIRECT = {
    "key, manifest, challenge": direct(), "another key in the report": direct(key=KEY[::-1]),
    "another manifest in the report": direct(of=canonical(STRANGE)), "lengths of 64 bits": direct(length=">Q"),
}


def agent_manifest(**changes):
    # In the order of the agent's model.
    document = {
        "participants": [{"name": "north", "DID": "did:web:north.example"}, {"name": "south", "DID": "did:web:south.example"}],
        "components": [{"name": "reader", "participant": "north"}, {"name": "fitter", "participant": "south"}],
        "data": [{"name": "samples", "participant": "north"}],
        "composition": "package a:b;\nlet r = new north:reader { ... };\nlet f = new south:fitter { \"north:reader/rows@1.0.0\": r[\"north:reader/rows@1.0.0\"], ... };\nexport f...;\n",
        "permissions": [
            {"component": "reader", "data_permissions": [{"type": "read", "source": "samples"}], "output": [], "wasi_imports": []},
            {"component": "fitter", "data_permissions": [],
             "output": [{"type": "file", "function": "fit", "name": "curve.csv", "participant": "south"}],
             "wasi_imports": ["north:reader/rows@1.0.0"]}],
        "transferRequestIdIMEC": "request-7", "transferRequestIdFabless": "request-8",
    }
    return {**document, **changes}


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def agents(keys):
    folder = tempfile.mkdtemp(prefix="attested-foreign-")

    def openssl(*arguments, data=None):
        return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout

    def key_file(name):
        path = os.path.join(folder, name)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(keys[name])
        return path

    files = {name: key_file(name) for name in keys}
    pems = {name: openssl("pkey", "-in", path, "-pubout") for name, path in files.items()}
    ders = {name: openssl("pkey", "-in", path, "-pubout", "-outform", "DER") for name, path in files.items()}

    def sign(text, key="tee", salt="max", padding="pss", hashed="sha256"):
        options = ["-sigopt", f"rsa_padding_mode:{padding}"] + (["-sigopt", f"rsa_pss_saltlen:{salt}"] if padding == "pss" else [])
        return openssl("dgst", f"-{hashed}", "-sign", files[key], *options, data=text.encode())

    usual = compact(agent_manifest())

    def answer(text=usual, signed=None, pem=pems["tee"], committed_key=None, challenge=CHALLENGE, locked=True, mock=False, **how):
        data = digest("sha256", challenge) + digest("sha256", pem if committed_key is None else committed_key)
        signature = compact(b64(sign(text if signed is None else signed, **how))) if locked else "null"
        body = '{"platform_attestation":"%s","commitment_attestation":{"commitment_manifest":%s,"commitment_manifest_signature":%s},"tee_pub_key":"%s"}'
        filled = body % ("abcdef" if mock else "@REPORT@", text if locked else "null", signature, b64(pem))
        return {"body": filled, "report": committed(data), "digest": digest("sha256", text).hex(), "challenge": challenge.hex()}

    odd = agent_manifest(transferRequestIdIMEC=ODD)
    return {
        "a manifest that is pinned": answer(), "all that JSON escapes": answer(compact(odd)),
        "a challenge of 16 bytes": answer(challenge=CHALLENGE[:16]), "a challenge of 64 bytes": answer(challenge=CHALLENGE * 2),
        "signed with spaces": answer(json.dumps(agent_manifest())),
        "signed as escaped to ASCII": answer(json.dumps(odd, separators=(",", ":"))),
        "signed with members sorted": answer(canonical(agent_manifest())),
        "signed with a member more": answer(compact(agent_manifest(expires="2027-01-01"))),
        "signed without spaces, sent with them": answer(json.dumps(agent_manifest()), signed=usual),
        "a salt of 32 bytes": answer(salt="digest"), "no salt": answer(salt="0"), "PKCS #1 v1.5": answer(padding="pkcs1"),
        "SHA-384": answer(hashed="sha384"), "signed by another key": answer(key="other"),
        "another key in the answer": answer(pem=pems["other"], committed_key=pems["tee"], key="other"),
        "DER is committed": answer(committed_key=ders["tee"]),
        "PEM with line ends of Windows": answer(pem=pems["tee"].replace(b"\n", b"\r\n")),
        "not locked": answer(locked=False), "the mock": answer(mock=True),
    }


if __name__ == "__main__":
    print(json.dumps({"expected": EXPECTED, "manifests": MANIFESTS, "frames": FRAMES, "direct": DIRECT,
                      "agents": agents(json.load(sys.stdin))}))
