"""A page as a browser without scripts reads it: its text, its links, and its forms with what they would post.

In: HTML. Out: a `Page`. A control that is disabled, or a checkbox without a check, is not posted; that is what browsers do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "meta", "link", "br", "img", "hr", "rect", "path"}
BLOCKS = {"p", "h1", "h2", "h3", "li", "td", "th", "dd", "dt", "div", "legend", "label", "span", "summary", "button"}
SKIPPED = {"script", "style", "svg", "title"}


@dataclass
class PageForm:
    """`controls` are all that have a name, `fields` those that would be posted."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    controls: dict[str, dict[str, str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)

    def value(self, name: str) -> str | None:
        return next((value for known, value in self.fields if known == name), None)


@dataclass
class Page:
    status: int
    address: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)
    title: str = ""
    lang: str = ""
    lines: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    forms: list[PageForm] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    controls: list[dict[str, str]] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def form(self, action: str) -> PageForm:
        """The form whose address ends so."""
        found = [form for form in self.forms if form.action.endswith(action)]
        assert len(found) == 1, [form.action for form in self.forms]
        return found[0]


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.open: list[tuple[str, dict[str, str]]] = []
        self.form: PageForm | None = None
        self.select = ""
        self.block = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = {name: value or "" for name, value in attrs}
        if tag in BLOCKS:
            self.flush()
        if tag == "html":
            self.page.lang = words.get("lang", "")
        elif tag == "form":
            self.form = PageForm(words.get("action", ""), words.get("method", "get"))
            self.page.forms.append(self.form)
        elif tag == "label":
            self.page.labels.add(words.get("for", ""))
        elif tag in ("input", "textarea", "select"):
            self.control(tag, words)
        elif tag == "option" and self.form is not None:
            self.form.options.setdefault(self.select, []).append(words.get("value", ""))
            first = len(self.form.options[self.select]) == 1
            if "selected" in words or first:
                self.form.fields = [each for each in self.form.fields if each[0] != self.select]
                self.form.fields.append((self.select, words.get("value", "")))
        if tag not in VOID:
            self.open.append((tag, words))

    def control(self, tag: str, words: dict[str, str]) -> None:
        self.page.controls.append({"tag": tag, **words})
        name, kind = words.get("name", ""), words.get("type", "text")
        self.select = name if tag == "select" else self.select
        if self.form is None or not name:
            return
        self.form.controls[name] = {"tag": tag, **words}
        checkable = tag == "input" and kind in ("checkbox", "radio")
        if "disabled" in words or (checkable and "checked" not in words) or tag in ("textarea", "select"):
            return
        self.form.fields.append((name, words.get("value", "on" if checkable else "")))

    def handle_data(self, data: str) -> None:
        tag, words = self.open[-1] if self.open else ("", {})
        if tag == "title":
            self.page.title += data
        if any(each in SKIPPED for each, _ in self.open):
            return
        if tag == "textarea" and self.form is not None and "disabled" not in words:
            self.form.fields.append((words.get("name", ""), data.removeprefix("\n")))
            return
        if tag == "a":
            self.page.links[" ".join(data.split())] = words.get("href", "")
        self.block += data

    def handle_endtag(self, tag: str) -> None:
        if not any(each == tag for each, _ in self.open):
            return
        if tag in ("h1", "h2", "h3"):
            self.page.headings.append((int(tag[1]), " ".join(self.block.split())))
        if tag in BLOCKS:
            self.flush()
        while self.open.pop()[0] != tag:
            pass
        if tag == "form":
            self.form = None

    def flush(self) -> None:
        text = " ".join(self.block.split())
        self.block = ""
        if not text:
            return
        self.page.lines.append(text)
        for _tag, words in self.open:
            if words.get("role") == "alert":
                self.page.alerts.append(text)
            if words.get("role") == "status":
                self.page.statuses.append(text)


def read_page(status: int, address: str, html: str, headers: dict[str, str]) -> Page:
    page = Page(status, address, html, headers)
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    reader.flush()
    return page
