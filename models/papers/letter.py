"""A message's words as HTML for mail readers: the same words, with the link to press."""

from __future__ import annotations

from html import escape

from models.catalogue.words import RUBY

PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body style="font-family:sans-serif;font-size:16px;line-height:1.7;color:#1a1a1a;max-width:36em">{body}</body>'
    "</html>\n"
)
RUBY_TAG = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"


def as_html(subject: str, body: str, url: str, language: str) -> str:
    """The words as a plain page without pictures, scripts or anything fetched from elsewhere; 漢字{かんじ} as ruby."""
    parts = [_paragraph(part, url) for part in body.strip().split("\n\n")]
    return PAGE.format(language=escape(language), title=escape(RUBY.sub(r"\1", subject)), body="".join(parts))


def _paragraph(text: str, url: str) -> str:
    words = RUBY.sub(RUBY_TAG, "<br>".join(escape(line) for line in text.splitlines()))
    link = escape(url)
    return f"<p>{words.replace(link, f'<a href={chr(34)}{link}{chr(34)}>{link}</a>') if link else words}</p>"
