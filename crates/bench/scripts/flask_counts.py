"""A count endpoint with Flask. DATABASE names the file; with an argument, Flask's own server listens on that port."""

import logging
import os
import sqlite3
import sys
import threading

from flask import Flask, jsonify, request

app = Flask(__name__)
kept = threading.local()


def connection():
    if not hasattr(kept, "connection"):
        kept.connection = sqlite3.connect(os.environ["DATABASE"])
    return kept.connection


@app.get("/count")
def count():
    row = connection().execute("SELECT count FROM counts WHERE path = ?", (request.args["path"],)).fetchone()
    return jsonify(count=row[0] if row else 0)


if __name__ == "__main__":
    # Without a log line per request, which would be measured too.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run(port=int(sys.argv[1]), threaded=True)
