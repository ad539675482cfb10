#!/usr/bin/env python3
"""Whether receipts of consents hold what ISO/IEC TS 27560 asks of one, by the shapes beside this file.

    python3 check_consent_receipts.py FILE…

Needs the package `pyshacl`. Reads nothing but these files: a document that refers to a context elsewhere is refused. Says of
each file `conforms`, or what is missing (exit code 5). Whether a receipt is genuine is another question: verify_receipt.py.
"""
import json, pathlib, sys
from pyshacl import validate
from rdflib import RDF, Graph, URIRef

SHAPES = pathlib.Path(__file__).parent / "consent-receipt.shacl.ttl"
RECEIPT = URIRef("https://w3id.org/dpv#ConsentReceipt")
SH = "http://www.w3.org/ns/shacl#"


def contexts(value):
    """Every @context in a document, however deep."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "@context":
                yield member
            yield from contexts(member)
    elif isinstance(value, list):
        for member in value:
            yield from contexts(member)


def complaints(path, shapes):
    text = pathlib.Path(path).read_text("utf-8")
    if not all(isinstance(context, dict) and "@import" not in context for context in contexts(json.loads(text))):
        return ["it refers to a context elsewhere"]
    graph = Graph().parse(data=text, format="json-ld")
    if len(list(graph.subjects(RDF.type, RECEIPT))) != 1:
        return ["it is not one receipt of a consent"]
    conforms, report, _ = validate(graph, shacl_graph=shapes, inference="none", do_owl_imports=False)
    if conforms:
        return []
    results = report.subjects(RDF.type, URIRef(SH + "ValidationResult"))
    told = (report.value(result, URIRef(SH + "resultMessage")) for result in results)
    return sorted({str(message) for message in told}) or ["it does not conform"]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    shapes, all_conform = Graph().parse(SHAPES, format="turtle"), True
    for path in sys.argv[1:]:
        try:
            said = complaints(path, shapes)
        except ValueError as error:
            said = [f"cannot be read: {error}"]
        all_conform = all_conform and not said
        print(f"{path}: {'; '.join(said) if said else 'conforms'}")
    sys.exit(0 if all_conform else 5)
