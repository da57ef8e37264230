#!/usr/bin/env python3
"""Reports, certificate tables and TSM reports, written from AMD's tables and not by this library's test support.

  foreign_layout.py reports              facts and unsigned reports, as JSON on standard output
  foreign_layout.py containers < parts   containers out of { "report", "ark", "ask", "vcek", "other" } in base64

Sources: AMD 56860, ATTESTATION_REPORT and TCB_VERSION; AMD 56421, extended guest request. Python 3, nothing else.
"""
import base64
import hashlib
import json
import struct
import sys
import uuid

# name: (offset, struct format)
FIELDS = {
    "version": (0x000, "<I"), "guest_svn": (0x004, "<I"), "policy": (0x008, "<Q"), "family_id": (0x010, "16s"),
    "image_id": (0x020, "16s"), "vmpl": (0x030, "<I"), "signature_algo": (0x034, "<I"), "current_tcb": (0x038, "8s"),
    "platform_info": (0x040, "<Q"), "key_info": (0x048, "<I"), "report_data": (0x050, "64s"),
    "measurement": (0x090, "48s"), "host_data": (0x0C0, "32s"), "id_key_digest": (0x0E0, "48s"),
    "author_key_digest": (0x110, "48s"), "report_id": (0x140, "32s"), "report_id_ma": (0x160, "32s"),
    "reported_tcb": (0x180, "8s"), "cpuid": (0x188, "3B"), "chip_id": (0x1A0, "64s"), "committed_tcb": (0x1E0, "8s"),
    "current_version": (0x1E8, "3B"), "committed_version": (0x1EC, "3B"), "launch_tcb": (0x1F0, "8s"),
    "launch_mit_vector": (0x1F8, "<Q"), "current_mit_vector": (0x200, "<Q"),
}
LINES = {
    # levels in the order bootloader, tee, snp, microcode (and fmc), and CPUID family, model, stepping
    "Milan": {"levels": (4, 0, 24, 219), "cpuid": (0x19, 0x01, 1), "id_bytes": 64},
    "Genoa": {"levels": (10, 0, 23, 84), "cpuid": (0x19, 0x11, 1), "id_bytes": 64},
    "Turin": {"levels": (1, 1, 4, 81, 1), "cpuid": (0x1A, 0x02, 1), "id_bytes": 8},
}


def b64(data):
    return base64.b64encode(data).decode()


def tcb(line, levels):
    if line == "Turin":
        bootloader, tee, snp, microcode, fmc = levels
        return struct.pack("4B3xB", fmc, bootloader, tee, snp, microcode)
    bootloader, tee, snp, microcode = levels
    return struct.pack("2B4x2B", bootloader, tee, snp, microcode)


def chip_id(line, which="foreign"):
    whole = hashlib.sha512(f"{which} chip {line}".encode()).digest()
    return whole[: LINES[line]["id_bytes"]]


MEASUREMENT = hashlib.sha384(b"foreign measurement").digest()
REPORT_DATA = hashlib.sha512(b"foreign report data").digest()
COMMITTED = b"what the digest in REPORT_DATA is of"


def report(line, version=3, raw=(), **changes):
    level = tcb(line, LINES[line]["levels"])
    values = {
        "version": version, "policy": 0x30000, "signature_algo": 1, "platform_info": 0x25 if version > 2 else 0x01,
        "current_tcb": level, "committed_tcb": level, "reported_tcb": level, "launch_tcb": level,
        "report_data": REPORT_DATA, "measurement": MEASUREMENT, "chip_id": chip_id(line),
        "report_id": hashlib.sha256(f"foreign report {line}".encode()).digest(), "report_id_ma": b"\xff" * 32,
        # build, minor, major
        "current_version": (40, 55, 1), "committed_version": (40, 55, 1),
    }
    if version > 2:
        values["cpuid"] = LINES[line]["cpuid"]
    if version > 4:
        values["launch_mit_vector"] = values["current_mit_vector"] = 0x0B
    values.update(changes)
    out = bytearray(0x4A0)
    for name, value in values.items():
        offset, form = FIELDS[name]
        struct.pack_into(form, out, offset, *(value if isinstance(value, tuple) else (value,)))
    for offset, data in raw:
        out[offset : offset + len(data)] = data
    return bytes(out)


def digest_of(algorithm, text=COMMITTED, filler=b"\0"):
    digest = hashlib.new(algorithm, text).digest()
    return digest + filler * (64 - len(digest))


def low(line, **changes):
    names = ("bootloader", "tee", "snp", "microcode", "fmc")
    return tcb(line, tuple(changes.get(name, level) for name, level in zip(names, LINES[line]["levels"])))


REPORTS = {
    "Milan v2": report("Milan", 2), "Milan v3": report("Milan"), "Milan v5": report("Milan", 5),
    "Genoa v3": report("Genoa"), "Genoa v4": report("Genoa", 4), "Turin v5": report("Turin", 5),
    "Milan VLEK": report("Milan", key_info=1 << 2, chip_id=b"", vmpl=1),
    "version 1": report("Milan", 1), "version 6": report("Milan", 6),
    "v2 with CPUID": report("Milan", 2, cpuid=(0x19, 0x01, 1)),
    "v4 with mitigation vectors": report("Genoa", 4, launch_mit_vector=1),
    "reserved 0x4c": report("Milan", raw=[(0x4C, b"\1")]),
    "reserved 0x1eb": report("Milan", raw=[(0x1EB, b"\1")]),
    "reserved 0x29f": report("Milan", raw=[(0x29F, b"\1")]),
    "policy bit 17": report("Milan", policy=0x10000),
    "policy bit 63": report("Milan", policy=0x30000 | 1 << 63),
    "DEBUG": report("Milan", policy=0xB0000), "MIGRATE_MA": report("Milan", policy=0x70000),
    "host-requested": report("Milan", vmpl=0xFFFFFFFF), "algorithm 2": report("Milan", signature_algo=2),
    "masked key": report("Milan", key_info=1 << 1), "SIGNING_KEY 7": report("Milan", key_info=7 << 2),
    "masked chip": report("Milan", chip_id=b""), "other chip": report("Milan", chip_id=chip_id("Milan", "other")),
    "Turin id with a tail": report("Turin", 5, chip_id=chip_id("Turin") + bytes(55) + b"\1"),
    "TCB below the key's": report("Milan", reported_tcb=low("Milan", snp=23)),
    "reported above committed": report("Milan", committed_tcb=low("Milan", microcode=218)),
    "other measurement": report("Milan", measurement=hashlib.sha384(b"another").digest()),
    "Genoa CPUID": report("Milan", cpuid=LINES["Genoa"]["cpuid"]),
    "unknown CPUID": report("Milan", cpuid=(0x19, 0x20, 0)),
    "zero report data": report("Milan", report_data=b""),
    **{f"digest {name}": report("Milan", report_data=digest_of(name)) for name in ("sha256", "sha384", "sha512")},
    "digest of something else": report("Milan", report_data=digest_of("sha384", COMMITTED + b"\n")),
    "digest not followed by zeros": report("Milan", report_data=digest_of("sha256", filler=b" ")),
}
FACTS = {
    "measurement": MEASUREMENT.hex(), "reportData": REPORT_DATA.hex(), "committed": b64(COMMITTED),
    "chips": {line: chip_id(line).hex() for line in LINES},
    "levels": {line: LINES[line]["levels"] for line in LINES},
    "reports": {name: b64(data) for name, data in REPORTS.items()},
}

GUIDS = {
    "vcek": "63da758d-e664-4564-adc5-f4b93be8accd", "vlek": "a8074bc2-a25a-483e-aae6-39c045a0b8a1",
    "ask": "4ab7b379-bbac-4fe4-a02f-05aef327c782", "ark": "c0b406a4-a803-4952-9743-3fb6014cd0ae",
}
ENTRY = struct.Struct("<16sII")


def table(blobs, little=False, terminated=True, move=lambda index, offset, length: (offset, length)):
    at = ENTRY.size * (len(blobs) + 1)
    head, tail = b"", b""
    for index, (name, data) in enumerate(blobs):
        name = uuid.UUID(GUIDS.get(name, name))
        head += ENTRY.pack(name.bytes_le if little else name.bytes, *move(index, at + len(tail), len(data)))
        tail += data
    return head + (bytes(ENTRY.size) if terminated else b"") + tail


def containers(parts):
    part = {name: base64.b64decode(text) for name, text in parts.items()}
    whole = [("ark", part["ark"]), ("ask", part["ask"]), ("vcek", part["vcek"])]
    unknown = ("00112233-4455-6677-8899-aabbccddeeff", b"of some future use")
    beyond = lambda index, offset, length: (offset, length + (1 << 20 if index == 2 else 0))
    wraps = lambda index, offset, length: (0xFFFFFFF0 if index == 2 else offset, length)
    inside = lambda index, offset, length: (8 if index == 2 else offset, length)
    pem = lambda der: b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"
    tables = {
        "in the order of hosts": table(whole), "in another order": table(whole[::-1]), "leaf alone": table(whole[2:]),
        "with an unknown entry": table([unknown, *whole]), "with PEM in it": table([(n, pem(d)) for n, d in whole]),
        "two leaves": table([*whole, ("vcek", part["other"])]), "length beyond the end": table(whole, move=beyond),
        "offset that wraps": table(whole, move=wraps), "offset inside the header": table(whole, move=inside),
        "no end": table(whole, terminated=False), "GUIDs in mixed order": table(whole, little=True),
        "no leaf": table(whole[:2]),
    }
    tsm = lambda blob, **more: json.dumps({"outblob": b64(part["report"]), "auxblob": b64(blob), **more}).encode()
    good = tables["in the order of hosts"]
    texts = {
        "as ConfigFS gives it": tsm(good, provider="sev_guest", generation="1"),
        "of another provider": tsm(good, provider="tdx_guest"), "with half a table": tsm(good[:-1], provider="sev_guest"),
        "with outblob twice": tsm(good, provider="sev_guest")[:-1] + b', "outblob": "' + b64(part["report"]).encode() + b'"}',
        "with a report too short": tsm(good, provider="sev_guest").replace(
            b64(part["report"]).encode(), b64(part["report"][:-1]).encode()),
    }
    return {
        "tables": {name: b64(part["report"] + data) for name, data in tables.items()},
        "tsm": {name: b64(data) for name, data in texts.items()},
    }


if __name__ == "__main__":
    answer = FACTS if sys.argv[1] == "reports" else containers(json.load(sys.stdin))
    print(json.dumps(answer))
