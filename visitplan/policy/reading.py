"""Reading a policy file, with a finding for everything that is wrong in it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where
from visitplan.policy.whole import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

POLICY_FILE = "visitplan.toml"


def read_policy(path: Path) -> Policy:
    """Read a policy file.

    Raises
    ------
    InputError
        The file cannot be read, is not TOML, or holds unknown or unusable keys; every one is a finding.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        finding = Finding(
            "POLICY-UNREADABLE",
            Severity.ERROR,
            Where(file=path.name),
            cause=f"The policy file cannot be read: {error}.",
            action="Give a TOML file in UTF-8; `visitplan schema policy` shows every key.",
        )
        raise InputError(f"{path.name} cannot be read", [finding]) from error
    return parse_policy(data, file=path.name)


def parse_policy(data: Mapping[str, Any], *, file: str = POLICY_FILE) -> Policy:
    """Make a policy from the content of a policy file; see :func:`read_policy`."""
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        findings = list(_policy_findings(error, file))
        raise InputError(f"{file} has {len(findings)} unusable entries", findings) from error


def _policy_findings(error: ValidationError, file: str) -> Iterator[Finding]:
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        unknown = problem["type"] == "extra_forbidden"
        yield Finding(
            "POLICY-KEY-UNKNOWN" if unknown else "POLICY-VALUE",
            Severity.ERROR,
            Where(file=file, column=key, value=None if unknown else str(problem.get("input"))[:80]),
            cause="There is no such key." if unknown else f"{problem['msg']}.",
            action="`visitplan schema policy` shows every key with its meaning and default.",
        )
