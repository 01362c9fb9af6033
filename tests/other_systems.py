"""What other systems refuse and this one would let pass: the suite refuses it too."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

if sys.platform == "win32":

    @contextmanager
    def refused_too() -> Iterator[None]:
        """Windows refuses it by itself."""
        yield

else:
    import fcntl

    @contextmanager
    def refused_too() -> Iterator[None]:
        """Windows has on the disk only what was opened to be written: `os.fsync` of anything else is an error there."""
        plain = os.fsync

        def strict(handle: int) -> None:
            only_read = fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
            if only_read and not stat.S_ISDIR(os.fstat(handle).st_mode):
                raise OSError(errno.EBADF, "opened only to be read: Windows would refuse this")
            plain(handle)

        with patch.object(os, "fsync", strict):
            yield
