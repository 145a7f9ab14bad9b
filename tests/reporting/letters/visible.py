"""What a person sees of a page: its texts, in their order."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0
        self._fresh = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in ("style", "script")
        if tag not in ("strong", "span"):
            self._fresh = True
        self.lines += [value for name, value in attrs if name in ("alt", "title", "aria-label") and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")
        if tag not in ("strong", "span"):
            self._fresh = True

    def handle_data(self, data: str) -> None:
        if self._hidden or not data.strip():
            return
        text = " ".join(data.split())
        if self._fresh or not self.lines:
            self.lines.append(text)
        else:
            self.lines[-1] += f" {text}"
        self._fresh = False


def visible(page: str) -> list[str]:
    """Give the lines that can be seen, the page's title among them."""
    reader = _Reader()
    reader.feed(page)
    return reader.lines


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Give every tag with its attributes."""
    reader = _Reader()
    reader.feed(page)
    return reader.tags
