"""The golden page: the report of the market day, its style and script left out.

``python -m tests.reporting.html.golden`` writes it anew after a change that was meant; read the difference
before you commit it.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.reporting.html.builders import apart, contents
from visitplan.reporting.html import report_page

FILE = Path(__file__).parents[2] / "golden" / "report" / "market-day.html"


def page() -> str:
    """Give the page of the market day beside the one planned apart, without style and script."""
    text = report_page(contents(), [apart()])
    text = re.sub(
        r"(<style>|<script type=\"module\">).*?(</style>|</script>)", r"\1\2", text, flags=re.DOTALL
    )
    return re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256", text)


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(page(), encoding="utf-8")
