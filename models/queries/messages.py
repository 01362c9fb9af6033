"""お知らせ as staff see them."""

from __future__ import annotations

from models.queries.channels import is_open

__all__ = ["is_open"]
