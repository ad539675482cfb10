#!/usr/bin/env python3
"""A second opinion on receipts, written from the pages in this folder and sharing no code with the first.

    python3 verify_receipt.py RECEIPT KEY        KEY is name+id+base64
    python3 verify_receipt.py --vectors          checks the vectors beside this file

Needs the package `cryptography` for Ed25519. Says `holds`, or why not (exit code 5).
"""
import base64, hashlib, json, pathlib, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DEEDS = {"sandyq/destruction-receipt/v1": {None: 16},
         "sandyq/consent-receipt/v2": {"dpv:ConsentGiven": 17, "dpv:ConsentWithdrawn": 18},
         "sandyq/archive-manifest/v1": {None: 7}}
CONTEXT = "37ee82a83c3236096fb35ee8a7291c429a8ead938852601f3bbe14f20dff3b50"  # of the one @context, in canonical form
ACTED = {1: "subject", 2: "representative"}  # by the role of the entry; anybody else is the operator


def need(holds, otherwise):
    if not holds:
        raise ValueError(otherwise)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def no_twice(pairs):
    need(len(dict(pairs)) == len(pairs), "a name occurs twice")
    return dict(pairs)


def only_plain(value):
    """Strings, whole numbers, lists, objects: nothing else has one canonical form."""
    if isinstance(value, dict):
        all(only_plain(member) for member in value.values())
    elif isinstance(value, list):
        all(only_plain(member) for member in value)
    else:
        plain = isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53)
        need(plain, f"{value!r} is neither a string nor a whole number")
    return True


def signed(text, lines, key):
    name, key_id, encoded = key.split("+", 2)
    kind, public = base64.b64decode(encoded)[:1], base64.b64decode(encoded)[1:]
    need(kind == b"\x01" and sha(name.encode(), b"\n", kind, public)[:4].hex() == key_id, "the key is none")
    for line in lines:
        need(line.startswith("— ") and line.count(" ") == 2, "a signature line is not one")
        claimed, signature = line.split(" ")[1], base64.b64decode(line.split(" ")[2], validate=True)
        if claimed == name and signature[:4].hex() == key_id:
            Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], text.encode())
            return
    need(False, "no trusted key has signed this")


def root_of(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2: from a leaf to the root that its proof leads to."""
    need(0 <= index < size, "the index lies outside the tree")
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        need(last > 0, "the proof is too long")
        if node & 1 or node == last:
            value = sha(b"\x01", sibling, value)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            value = sha(b"\x01", value, sibling)
        node, last = node >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return value


def verify(receipt, key):
    document = json.loads(receipt, object_pairs_hook=no_twice)
    only_plain(document)
    lines, fmt = document.pop("signatures"), document["format"]
    need(fmt in DEEDS, f"receipts of the format {fmt} are not known")
    signed(f"{fmt}\n{canonical(document)}\n", lines, key)

    ledger = document["ledger"]
    text, _, signatures = ledger["checkpoint"].rpartition("\n\n")
    signed(text + "\n", signatures.rstrip("\n").split("\n"), key)
    origin, size, root = text.split("\n")
    entry = base64.b64decode(ledger["entry"])
    proof = [base64.b64decode(line) for line in ledger["proof"]]
    need(root_of(sha(b"\x00", entry), ledger["index"], int(size), proof) == base64.b64decode(root), "the proof leads elsewhere")

    need(entry[0] == 1 and entry[10] >> 6 == 0, "the entry is of another version, or was not done")
    states = fmt.startswith("sandyq/consent-receipt/")
    said = consent(document, entry[8]) if states else document
    need(entry[9] == DEEDS[fmt].get(said.get("event")), "the entry is of another deed")
    present, at = entry[1], 11 + (16 if entry[1] & 1 else 0)
    need(present & 4 and entry[at:at + 16].hex() == said["subject"].replace("-", ""), "the entry is about somebody else")
    millis = int.from_bytes(entry[2:8], "big")
    whole = said.get("destroyed_at") or said["at"]
    need(to_millis(whole) == millis <= to_millis(said["issued_at"]), "the instants do not agree")
    if "destroyed" in document:
        at += 16 + (16 if present & 8 else 0) + (16 if present & 16 else 0)
        if present & 32:
            while entry[at] & 0x80:
                at += 1
            at += 3
        at += (8 if present & 64 else 0) + (1 if present & 128 else 0)
        bits = int.from_bytes(entry[at + 1:at + 1 + entry[at]], "big")
        need([n for n in range(128) if bits >> n & 1] == document["destroyed"], "the entry is about other fields")
        kept = [field for part in document["kept"] for field in part["fields"]]
        need(not set(kept) & set(document["destroyed"]), "a field is both destroyed and kept")
    names = [file["name"] for file in document.get("files", [])]
    need(len(set(names)) == len(names) and ("files" not in document or names), "no file is named, or one twice")
    return f"holds: entry {ledger['index']} of {size} in {origin}"


def canonical(document):
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def consent(document, role):
    """What the receipt of a consent says of its last step, out of its linked data."""
    need(sha(canonical(document["@context"]).encode()).hex() == CONTEXT, "its words have another meaning")
    need(document["@type"] == "dpv:ConsentReceipt", "it is no receipt of a consent")
    record = document["dpv:hasRecordOfActivity"]
    person, steps = record["dpv:hasDataSubject"], record["dpv:hasConsentStatus"]
    need(person["@id"] == "urn:uuid:" + person["dct:identifier"], "the person has two numbers")
    kinds = [step["@type"] for step in steps]
    need(kinds in (["dpv:ConsentGiven"], ["dpv:ConsentWithdrawn"], ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]),
         "what happened does not come in that order")
    last = steps[-1]
    by = last["dpv:isIndicatedBy"]  # a list of two: the person, and the representative who agreed
    entered, represents = "dpv:isImplementedByEntity" in last, isinstance(by, list) or "@type" in by
    acted = "operator" if entered else "representative" if represents else "subject"
    need(acted == ACTED.get(role, "operator"), "somebody else acted")
    return {"event": last["@type"], "subject": person["dct:identifier"], "at": last["dpv:isIndicatedAtTime"],
            "issued_at": document["dct:created"]}


def to_millis(instant):
    import datetime
    then = datetime.datetime.strptime(instant, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    return round((then - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) / datetime.timedelta(milliseconds=1))


def check_vectors():
    for name in ("destruction-receipt.json", "consent-receipt.json", "archive-manifest.json"):
        vectors = json.loads((pathlib.Path(__file__).parent / "vectors" / name).read_text("utf-8"))
        print(name, verify(vectors["receipt"], vectors["key"]))
        for hostile in vectors["hostile"]:
            try:
                verify(vectors["receipt"].replace(hostile["replace"], hostile["with"]), vectors["key"])
            except (ValueError, KeyError, InvalidSignature):
                continue
            raise SystemExit(f"{name}: {hostile['name']} was believed")


if __name__ == "__main__":
    if sys.argv[1:] == ["--vectors"]:
        check_vectors()
    elif len(sys.argv) == 3:
        try:
            print(verify(pathlib.Path(sys.argv[1]).read_text("utf-8"), sys.argv[2]))
        except InvalidSignature:
            print("the signature does not hold", file=sys.stderr)
            sys.exit(5)
        except (ValueError, KeyError) as error:
            print(f"does not hold: {error}", file=sys.stderr)
            sys.exit(5)
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
