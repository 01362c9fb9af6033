"""The page that a server in front shows while the house is stopped: `python -m tests.stopped_page` (make stopped)."""

from __future__ import annotations

import re
from pathlib import Path

from flask import g, render_template

from tests.web.gallery_app import make_gallery
from web import reading
from web.presentation import STATIC

FILE = Path(__file__).parents[1] / "docs" / "ja" / "server" / "stopped.html"
PAGE = """<!doctype html>
<html lang="ja">
<!-- 前庭が止まっているあいだ、nginx が出すページです。市の名前と電話番号を、下の2か所に書き足してください。 -->
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>いま、このページは使えません</title>
<style>
{theme}
* {{ box-sizing: border-box; }}
body {{ max-width: 42rem; margin: 0 auto; padding: 1rem; color: var(--ink); background: var(--paper);
  font: var(--s17)/1.7 var(--letters); font-feature-settings: "palt"; word-break: auto-phrase; text-wrap: pretty; }}
.easy {{ line-height: 2.1; }}
section {{ padding: .75rem 0; border-top: 1px solid var(--line); font-family: var(--letters); }}
section:first-of-type {{ border: 0; }}
h1 {{ margin: 0; font-size: var(--s18); }}
h2 {{ text-wrap: balance; margin: 0 0 .25rem; font-size: var(--s20); line-height: 1.5; }}
section:first-of-type h2 {{ font-size: var(--s28); }}
p {{ margin: 0 0 .5rem; }}
rt {{ font-size: .55em; }}
a {{ display: inline-block; min-height: var(--target); margin: .25rem 0; padding: .5rem 1.25rem; font-weight: 700;
  text-decoration: none; color: var(--key); border: 2px solid var(--key); border-radius: var(--control); }}
section:first-of-type a {{ color: var(--paper); background: var(--key); }}
a:focus-visible {{ outline: var(--ring) solid var(--now); outline-offset: var(--ring-gap);
  box-shadow: var(--ring-ground); }}
</style>
<main>
<h1>○○市 来庁予約</h1>
{first}
<p>電話：<b>0000-00-0000</b></p>
{others}
</main>
<script>
// A screen of the hall, before which nobody stands to press, looks again by itself.
if (/\\/(board|kiosk)\\//.test(location.pathname)) setTimeout(() => location.reload(), 30000);
</script>
</html>
"""


def drawn() -> str:
    """The page, with what it says in every language."""
    first, *others = map(said, reading.LANGUAGES)
    theme = re.sub(r"/\*.*?\*/\n?", "", (STATIC / "theme.css").read_text(encoding="utf-8"), flags=re.S)
    return PAGE.format(theme=theme.strip(), first=first, others="\n".join(others))


def said(language: reading.Language) -> str:
    """What stands there in one language."""
    with make_gallery().test_request_context():
        g.language = language
        return render_template("layout/stopped.html").strip()


def main() -> None:
    """Write it anew."""
    FILE.write_text(drawn(), encoding="utf-8")


if __name__ == "__main__":
    main()
