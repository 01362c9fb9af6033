"""印刷の困りごと: the terminals whose slips do not come out, and staff's word that they have seen to one."""

from __future__ import annotations

from werkzeug.wrappers import Response

from models.core.messages import _n
from models.operations import slips
from web.access import DESK, visitor
from web.counter.door import back, opened
from web.counter.place import here
from web.languages import gettext

blueprint = opened("printers")
SEEN_TO = _n("プリンターへの対応を記録しました。")


@blueprint.post("/printers/<int:device>/seen")
@DESK
def seen(device: int) -> Response:
    """Staff have put paper in, or taken the terminal out of use: what nobody waits for any more is given up."""
    where = here()

    def go_on() -> str:
        slips.dismiss(where.office, device, visitor().actor)
        return gettext(SEEN_TO)

    return back(go_on)
