"""What a bundle is made of: its name, and its bill of materials (SBOM) in CycloneDX.

Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

NEWEST = re.compile(r"^## (\d{4})-(\d\d)-(\d\d)", re.MULTILINE)
CLASSIFIER = "License :: OSI Approved :: "


def project(root: Path) -> dict[str, Any]:
    """Name and version of the program."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def called(root: Path) -> str:
    """`osaki-dx-0.1.0-20261128`: the day of the newest change."""
    facts = project(root)
    newest = NEWEST.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    day = f"-{''.join(newest.groups())}" if newest else ""
    return f"{facts['name']}-{facts['version']}{day}"


def sbom(root: Path, wheels: Path) -> str:
    """Every package among the wheels: name, version, licence, and the files with their hashes."""
    packages: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(wheels.glob("*.whl")):
        about = metadata_of(path)
        packages.setdefault((about["Name"], about["Version"]), []).append(path)
    facts = project(root)
    whole = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "program",
                "name": facts["name"],
                "version": facts["version"],
            }
        },
        "components": [component(*key, files) for key, files in sorted(packages.items())],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def component(name: str, version: str, files: list[Path]) -> dict[str, Any]:
    """One package."""
    address = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
    made = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "licenses": licences_of(metadata_of(files[0])),
        "properties": [{"name": f"sha256:{file.name}", "value": _digest(file)} for file in files],
    }
    return {word: value for word, value in made.items() if value}


def metadata_of(wheel: Path) -> Message:
    """What a wheel says about itself."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(
            name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)
        )
        return Parser().parsestr(archive.read(name).decode("utf-8"), headersonly=True)


def licences_of(about: Message) -> list[dict[str, Any]]:
    """Its licence: an SPDX expression, else a short name, else its classifiers."""
    if about["License-Expression"]:
        return [{"expression": about["License-Expression"]}]
    classified = [
        line.removeprefix(CLASSIFIER)
        for line in about.get_all("Classifier", [])
        if line.startswith(CLASSIFIER)
    ]
    said = (about["License"] or "").strip()
    names = classified or ([said] if said and "\n" not in said and len(said) < 80 else [])
    return [{"license": {"name": name}} for name in names]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
