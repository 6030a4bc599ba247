"""A count endpoint with Sanic. DATABASE names the file. Arguments: port, workers, and `cache` to query SQLite once per path."""

import json
import os
import sqlite3
import sys

from sanic import Sanic
from sanic.response import raw

port, workers, cached = int(sys.argv[1]), int(sys.argv[2]), "cache" in sys.argv
app = Sanic("counts")
cache = {}


@app.before_server_start
async def connect(app):
    app.ctx.database = sqlite3.connect(os.environ["DATABASE"])


def body(path):
    # A point lookup takes microseconds: passing it to a thread would take longer.
    row = app.ctx.database.execute("SELECT count FROM counts WHERE path = ?", (path,)).fetchone()
    return json.dumps({"count": row[0] if row else 0}).encode()


@app.get("/count")
async def count(request):
    path = request.args.get("path")
    if not cached:
        return raw(body(path), content_type="application/json")
    answer = cache.get(path)
    if answer is None:
        answer = cache[path] = body(path)
    return raw(answer, content_type="application/json")


if __name__ == "__main__":
    app.run("127.0.0.1", port, workers=workers, single_process=workers == 1, access_log=False, motd=False)
