"""docs/coordination.md names every rule by its code, and its examples are policies."""

import re
import tomllib
from pathlib import Path

from visitplan.coordination.rules import ARRANGEMENT_RULES, PAIR_RULES
from visitplan.policy import parse_policy

PAGE = (Path(__file__).parents[2] / "docs" / "coordination.md").read_text(encoding="utf-8")


def test_every_rule_is_on_the_page_with_its_code():
    codes = [code for code, _ in (*PAIR_RULES, *ARRANGEMENT_RULES)]

    assert re.findall(r"^\| [^|]*\(`([a-z-]+)`\) \|", PAGE, flags=re.MULTILINE) == codes


def test_the_examples_are_policies_that_say_what_the_page_says():
    examples = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    pairs, quiet, fresh = (parse_policy(tomllib.loads(text)) for text in examples)

    assert pairs.rules(area="crewe").coordination.pairing("therapy", "nursing").order == "nursing"
    assert pairs.rules(area="knutsford").coordination.pairing("therapy", "nursing").modes == ()
    assert (len(quiet.limits.quiet_times), len(quiet.limits.school_holidays)) == (2, 2)
    assert fresh.coordination.fresh_days == {"weight": 7, "medication_review": 28}
