"""Ten minutes of anything for what reads codes: `python -m tests.fuzz -max_total_time=600 FOLDER`; see `make fuzz`.

Seeds are written into FOLDER first. A crash, an error that nobody promised or half a minute for one code ends it.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path

from PIL import Image


def main() -> None:
    """Instrument the readers, write the seeds, run."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["models.papers", "models.rules", "models.core.tokens"]):
        decoder = import_module("tests.fuzz.decoder")
    folder = Path(next(one for one in sys.argv[1:] if not one.startswith("-")))
    _write_seeds(folder)
    atheris.Setup([*sys.argv, "-timeout=30", f"-artifact_prefix={folder}/"], lambda data: decoder.one(data))
    atheris.Fuzz()


def _write_seeds(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number}").write_bytes(seed)


def seeds() -> list[bytes]:
    """One good input for each reader."""
    people, qr = import_module("tests.papers.people"), import_module("models.papers.qr")
    sealed, sheets = import_module("models.papers.sealed"), import_module("tests.papers.sheets")
    packing = import_module("models.rules.forms.packing")
    form = sheets.catalogue().forms["F02"]
    answers = packing.packed(packing.plan(form), people.filled("F02", 7))
    content = sealed.content(
        sealed.Contents("K7FX29MB", (sealed.PackedForm("F02", packing.mark(form), answers),))
    )
    codes = sealed.texts(sealed.envelope(b"mark", content + bytes(sealed.OVERHEAD)))
    picture = BytesIO()
    Image.open(BytesIO(qr.png("M1" + "A" * 32, 3))).convert("L").save(picture, "JPEG")
    texts = ["M1" + "A" * 32, "K7FX-29MB", "".join(codes), "ｍ１" + "ａ" * 32]
    return [
        *(b"\0" + text.encode() for text in texts),
        b"\1" + sealed.digest(b"x"),
        b"\2" + content,
        b"\3" + json.dumps(answers, ensure_ascii=False).encode(),
        b"\4" + picture.getvalue(),
    ]


if __name__ == "__main__":
    main()
