#!/usr/bin/env python3
"""Runs the vectors of this repository through a verifier that is a command, and shows how little that takes.

  run_vectors.py [--one-at-a-time] [--match TEXT] [COMMAND...]

Default command: npm run --silent conformance -- vectors. It gets a case per line on standard input and answers a line
each; with --one-at-a-time it is started anew for every case (default: the verb `vector`). Python 3, nothing else.
"""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = ROOT / "vectors"


def cases():
    trust = {file.stem: json.loads(file.read_text()) for file in VECTORS.glob("trust/*.json")}
    for file in sorted(VECTORS.glob("*/*.json")):
        document = json.loads(file.read_text())
        if not isinstance(document, dict) or document.get("schema") != "attested/vectors@1":
            continue
        tests = [(group, test) for group in document["groups"] for test in group["tests"]]
        if len(tests) != document["numberOfTests"]:
            sys.exit(f"{file}: {len(tests)} tests, not {document['numberOfTests']}")
        for group, test in tests:
            merged = {**group["input"], **test["input"]}  # a test's member replaces the group's
            merged = {name: value for name, value in merged.items() if value is not None}
            merged["anchors"] = trust[merged.pop("trust")]
            yield test, json.dumps(merged)


def run(command, text):
    done = subprocess.run(command, cwd=ROOT, input=text.encode(), stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}")
    return [json.loads(line) for line in done.stdout.decode().splitlines() if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--one-at-a-time", action="store_true")
    parser.add_argument("--match", default="", help="only tests with this text in id or comment")
    parser.add_argument("command", nargs="*")
    options = parser.parse_args()
    verb = "vector" if options.one_at_a_time else "vectors"
    command = options.command or ["npm", "run", "--silent", "conformance", "--", verb]
    chosen = [(test, text) for test, text in cases() if options.match in f"{test['id']} {test['comment']}"]
    if not chosen:
        sys.exit("no such vectors")
    if options.one_at_a_time:
        answers = [answer for _, text in chosen for answer in run(command, text)]
    else:
        answers = run(command, "".join(text + "\n" for _, text in chosen))
    if len(answers) != len(chosen):
        sys.exit(f"{len(answers)} answers to {len(chosen)} cases")
    failed = 0
    for (test, _), answer in zip(chosen, answers):
        # `failed` is this library's list of checks; a verifier without one leaves it out.
        wrong = [key for key in ("result", "code", "failed") if key in answer and answer[key] != test[key]]
        if wrong or "result" not in answer:
            failed += 1
            print(f"{test['id']} ({test['comment']}): expected {test['result']} {test['code']}, got {answer}")
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
