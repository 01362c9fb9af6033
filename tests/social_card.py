"""The picture that stands beside a link to a city's pages: `python -m tests.social_card` draws it anew."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.chromium import launched

STATIC = Path(__file__).parents[1] / "web" / "static"
SIZE = (1200, 630)
PAGE = """<!doctype html><html lang="ja"><meta charset="utf-8"><style>
body {{ margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 76px 88px;
  background: #115a36; color: #ffffff; font: 700 34px/1.5 "Noto Sans JP", "Noto Sans CJK JP", sans-serif;
  font-feature-settings: "palt"; display: grid;
  grid-template: auto 1fr auto / 1fr; }}
.name {{ display: flex; align-items: center; gap: 24px; font-size: 40px; }}
.name svg {{ width: 84px; height: 84px; border: 3px solid #c2e5d1; border-radius: 20px; }}
.say {{ align-self: center; font-size: 78px; line-height: 1.35; }}
.ways {{ display: flex; gap: 20px; }}
.ways span {{ padding: 14px 32px; background: #ffffff; color: #115a36; border-radius: 12px; }}
.ways .now {{ background: #ffd43d; color: #1a1a1a; }}
</style><body><div class="name">{sign}<span>前庭　来庁予約</span></div>
<div class="say">待つ時間も、<br>書く時間も、短く。</div>
<div class="ways"><span>日時を予約</span><span>申請書を先に書く</span><span class="now">順番をスマホで</span></div>
</body></html>"""


def draw() -> None:
    """Store the card, with as few colours as it needs."""
    with launched() as browser:
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.set_content(PAGE.format(sign=(STATIC / "sign.svg").read_text(encoding="utf-8")))
        picture: Image.Image = Image.open(BytesIO(page.screenshot()))
        picture.convert("RGB").quantize(48).save(STATIC / "social-card.png", optimize=True)


if __name__ == "__main__":
    draw()
