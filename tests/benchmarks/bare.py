"""The lower bound: one booking transaction (conditional UPDATE + INSERT) through Flask and SQLAlchemy, nothing else."""

from __future__ import annotations

import os
import threading
from typing import Any

from flask import Flask, jsonify, request
from sqlalchemy import create_engine, event, text

SLOTS = 200


def create_app() -> Flask:
    """A booking page that checks nothing, encrypts nothing and notes nothing."""
    url = os.environ["BARE_DATABASE_URL"]
    engine = create_engine(url)
    lock = threading.Lock()
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def connected(connection: Any, _: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begun(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE IF NOT EXISTS slot (id INTEGER PRIMARY KEY, capacity INT, taken INT)")
        )
        connection.execute(
            text("CREATE TABLE IF NOT EXISTS booking (id INTEGER PRIMARY KEY, slot INT, who TEXT)")
        )
        if not connection.execute(text("SELECT count(*) FROM slot")).scalar_one():
            rows = [{"i": number} for number in range(SLOTS)]
            connection.execute(text("INSERT INTO slot VALUES (:i, 1000000, 0)"), rows)
    app = Flask(__name__)

    @app.get("/healthz")
    def alive() -> Any:
        return jsonify(state="up")

    @app.post("/book")
    def book() -> Any:
        asked = request.get_json()
        with lock, engine.begin() as connection:
            taken = connection.execute(
                text("UPDATE slot SET taken = taken + 1 WHERE id = :slot AND taken < capacity"), asked
            )
            if taken.rowcount != 1:
                return jsonify(state="full"), 409
            connection.execute(text("INSERT INTO booking (slot, who) VALUES (:slot, :who)"), asked)
        return jsonify(state="booked"), 201

    return app
