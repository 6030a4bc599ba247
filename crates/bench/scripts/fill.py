"""Fills a database that Ardoise has created. Arguments: its file, articles, average comments per article, pending comments.

Prints a line for each comment that waits: its id, and its article's path. They are spread over the articles.
"""

import random
import sqlite3
import sys

file, articles, comments, waiting = sys.argv[1], *map(int, sys.argv[2:])
# A fixed seed: the same site each time.
chance = random.Random(2017)
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
FIRST = 1_489_307_400_000
AUTHORS = ["Ada", "Grace", "Émilie", "Jean-Marie", "Katherine J.", "anonyme", "Søren", "mathieu_b"]
WORDS = """
    python web performance comments static sites hugo nginx sqlite a week in brittany bread without kneading winter garden small
    machines the old printer notes from la rochelle reading list first steps with rust why i left moving house tools that last
    postgres backup restore email filters bicycle repair night train to vienna maps offline keyboard layout summer tomatoes radio
    measuring disks learning go accordion letters budget camera lens walking boots cooking for one local council minutes
""".split()
SENTENCES = [
    "Thank you, that was exactly what I was looking for.",
    "I have tried it on *two* machines, and the older one took twice as long.",
    "Did you measure it with `sync` or without?",
    "See also https://example.org/2017/a-longer-answer/ for the other half of the story.",
    "There is a typing error in the second listing: it should be `count >= 1`.",
    "**Careful** with that setting when the disk is full.",
    "Merci beaucoup, ça marche très bien chez moi.",
    "I would not have thought of this.",
]


def identity(number):
    # Multiplying by an odd factor permutes all 32^10 numbers, in an order that looks random.
    number = number * 650_126_394_823_017 % 32**10
    return "".join(ALPHABET[number >> shift & 31] for shift in range(45, -5, -5))


def paths():
    # Realistic titles; the number makes them unique.
    for article in range(1, articles + 1):
        yield f"/{chance.randint(2004, 2026)}/{chance.randint(1, 12):02}/{'-'.join(chance.choices(WORDS, k=chance.randint(1, 4)))}-{article}/"


def approved():
    # Two articles together have twice the average: one has few comments, the other many.
    for _ in range(0, articles, 2):
        more = chance.randrange(comments)
        yield from (comments - more, comments + more)


def text():
    paragraphs = (" ".join(chance.choices(SENTENCES, k=chance.randint(1, 4))) for _ in range(chance.choice((1, 1, 1, 2))))
    return "\n\n".join(paragraphs)


def article_rows():
    for article, (path, count) in enumerate(zip(PATHS, COUNTS), start=1):
        yield {
            "id": article,
            "path": path,
            "title": f"Article {article}",
            "is_open": 1,
            "page": "",
            "is_present": 1,
            "approved": count,
            "revision": article,
        }


def comment_rows():
    number = 0
    for article, count in enumerate(COUNTS, start=1):
        for _ in range(count):
            number += 1
            yield comment(number, article, "approved")
    for nth in range(waiting):
        number += 1
        row = comment(number, nth * articles // waiting + 1, "pending")
        print(f"{row['id']}\t{PATHS[row['article_id'] - 1]}")
        yield row


def comment(number, article, status):
    return {
        "id": identity(number),
        "article_id": article,
        "status": status,
        "author": chance.choice(AUTHORS),
        "email": "reader@example.org",
        "text": text(),
        "edit_token_hash": "0" * 64,
        "created_at": FIRST + number * 61_000,
    }


def insert(table, rows):
    # Skip columns that this version of the schema does not have.
    has = {column[1] for column in database.execute(f"PRAGMA table_info({table})")}
    rows = iter(rows)
    first = next(rows)
    columns = [column for column in first if column in has]
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    database.execute(statement, [first[column] for column in columns])
    database.executemany(statement, ([row[column] for column in columns] for row in rows))


PATHS = list(paths())
COUNTS = list(approved())[:articles]
assert waiting <= articles, "one that waits for each article at most"
database = sqlite3.connect(file)
# No durability needed: an interrupted run starts over.
database.execute("PRAGMA synchronous = OFF")
insert("articles", article_rows())
insert("comments", comment_rows())
database.commit()
database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
