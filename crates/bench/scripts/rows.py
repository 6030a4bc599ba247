"""Rows per second of SQLite alone, each transaction flushed. Arguments: the new database, rows per transaction, seconds."""

import sqlite3
import sys
import time

file, together, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
database = sqlite3.connect(file, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, article TEXT, author TEXT, text TEXT, created_at INTEGER)")
row = ("/bench/article/", "Ada", "I have tried this on two machines. " * 6, 1489307400000)
INSERT = "INSERT INTO rows (article, author, text, created_at) VALUES (?, ?, ?, ?)"

# More than the log holds before it restarts: while the log grows, each flush costs the file system an additional one.
database.execute("BEGIN")
database.executemany(INSERT, [row] * 20_000)
database.execute("COMMIT")

begun = time.monotonic()
rows = 0
while time.monotonic() - begun < seconds:
    database.execute("BEGIN IMMEDIATE")
    for _ in range(together):
        database.execute(INSERT, row)
    database.execute("COMMIT")
    rows += together
print(rows / (time.monotonic() - begun))
