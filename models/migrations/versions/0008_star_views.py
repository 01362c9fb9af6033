"""Read-only views of the facts as a star, and the names of queues and procedures that belong to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBERS = """
    came AS visits, served, came - served AS abandoned, booked, booked_served, prefilled, prefillable, no_shows,
    waits_n AS called, within_target, waits_sum AS wait_sum, waits_max AS wait_max,
    gaps_n AS booked_called, gaps_sum AS gap_sum,
    handlings_n AS handled, handlings_sum AS handling_sum, handlings_max AS handling_max
"""
KEYS = {
    "star_visits": ("all", ""),
    "star_visits_by_queue": ("queue", "key AS queue,"),
    "star_visits_by_procedure": ("procedure", "key AS procedure_code,"),
    "star_visits_by_counter": ("counter", "key AS counter,"),
    "star_visits_by_source": ("source", "key AS source,"),
    "star_visits_by_prefilled": ("prefilled", "key AS prefilled_at_home,"),
    "star_visits_by_half_hour": ("half_hour", "key AS half_hour,"),
    "star_visits_by_queue_and_half_hour": (
        "queue_half_hour",
        "substr(key, 1, length(key) - 6) AS queue, substr(key, length(key) - 4) AS half_hour,",
    ),
}
OFFICE = "SELECT id AS office_id, code AS office_code, name AS office_name, timezone FROM office"
NAMES = "SELECT code AS {column}, name, name_en FROM fact_name WHERE kind = '{kind}'"
HALF_HOUR = """
SELECT half_hour, CAST(substr(half_hour, 1, 2) AS INTEGER) AS hour
FROM (SELECT DISTINCT key AS half_hour FROM daily_fact WHERE cut = 'half_hour') AS found
"""
DATE = """
SELECT day, year, month, substr(CAST(day AS CHAR(10)), 1, 7) AS year_month,
    CASE WHEN month < 4 THEN year - 1 ELSE year END AS fiscal_year,
    weekday, substr('月火水木金土日', weekday, 1) AS weekday_name
FROM (SELECT DISTINCT day, {year} AS year, {month} AS month, {weekday} AS weekday FROM daily_fact) AS found
"""
PARTS = {
    "sqlite": {
        "year": "CAST(strftime('%Y', day) AS INTEGER)",
        "month": "CAST(strftime('%m', day) AS INTEGER)",
        "weekday": "(CAST(strftime('%w', day) AS INTEGER) + 6) % 7 + 1",
    },
    "postgresql": {
        "year": "CAST(extract(year FROM day) AS INTEGER)",
        "month": "CAST(extract(month FROM day) AS INTEGER)",
        "weekday": "CAST(extract(isodow FROM day) AS INTEGER)",
    },
}


def views(dialect: str) -> dict[str, str]:
    """Every view with its query."""
    facts = {
        name: f"SELECT office_id, day, {key} {NUMBERS} FROM daily_fact WHERE cut = '{cut}'"
        for name, (cut, key) in KEYS.items()
    }
    return {
        "star_office": OFFICE,
        "star_queue": NAMES.format(column="queue", kind="queue"),
        "star_procedure": NAMES.format(column="procedure_code", kind="procedure"),
        "star_half_hour": HALF_HOUR,
        "star_date": DATE.format(**PARTS[dialect]),
        **facts,
    }


def upgrade() -> None:
    """Make the table of names and the views."""
    op.create_table(
        "fact_name",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_fact_name")),
        sa.CheckConstraint("kind IN ('queue', 'procedure')", name=op.f("ck_fact_name_kind")),
    )
    for name, query in views(op.get_bind().dialect.name).items():
        op.get_bind().exec_driver_sql(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    """Drop them."""
    for name in views(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(f"DROP VIEW {name}")
    op.drop_table("fact_name")
