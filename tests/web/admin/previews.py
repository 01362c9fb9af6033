"""Pages that look first and do then, as people use them in tests."""

from __future__ import annotations

import re
from html import unescape

from tests.web.people import post


def boxes(page):
    """What the boxes of a page's main form hold."""
    html = page.text
    found = {
        name: unescape(value)
        for name, value in re.findall(r'<input class="form-control[^>]* name="([^"]+)" value="([^"]*)"', html)
    }
    found |= {
        name: unescape(text) for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)', html)
    }
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    found |= dict(re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)"[^>]* checked', html))
    ticked = re.findall(r'<input type="checkbox" name="procedure" value="([^"]+)"[^>]* checked', html)
    return {**found, **({"procedure": ticked} if ticked else {})}


def look(client, page, **other):
    """Press 変わるところを見る with other values in some boxes."""
    return post(client, page, page, **{**boxes(client.get(page)), **other, "do": "look"})


def fields_of(preview):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', preview.text)
    values: dict[str, list[str]] = {}
    for name, value in found:
        values.setdefault(name, []).append(unescape(value))
    return values


def keep(client, page, preview):
    """Press このとおり変える; the page that follows."""
    answer = client.post(page, data={**fields_of(preview), "do": "keep"})
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"]).text


def untagged(page):
    """What stands on a page, without its tags: a date and some words are kept whole by one of their own."""
    return re.sub(r"<[^>]*>", "", page)


def back_of(page):
    return unescape(re.findall(r'href="([^"]+\bback=\d+)"', page)[0])


def done(client, page, to, **fields):
    """Look at what cannot be taken back and do it; the answer."""
    preview = post(client, page, to, **fields)
    assert "まだ変えていません" in preview.text, preview.text
    return client.post(to, data={**fields_of(preview), "do": "keep"})


def changed(client, page, **fields):
    """Look at what these fields change and keep it; the page that follows."""
    preview = post(client, page, page.partition("?")[0], **fields, do="look")
    assert preview.status_code == 200, preview.text
    return keep(client, page, preview)
