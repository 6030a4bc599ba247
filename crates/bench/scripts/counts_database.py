"""Creates the database of the compared servers, with the counts of a published counts.json. Arguments: that file, the new database."""

import json
import sqlite3
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    counts = json.load(file)["counts"]
database = sqlite3.connect(sys.argv[2])
database.execute("PRAGMA journal_mode = WAL")
database.execute("CREATE TABLE counts (path TEXT PRIMARY KEY NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID")
database.executemany("INSERT INTO counts VALUES (?, ?)", counts.items())
database.commit()
