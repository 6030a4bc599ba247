-- Which database this is: one row, drawn when the database is made.
CREATE TABLE identity (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    -- A copy and a restored backup keep it. The published tree names the database that it was written from.
    database_id TEXT NOT NULL,
    -- Revisions of two epochs cannot be compared. Another one is drawn when the database may have gone back to an earlier state.
    epoch TEXT NOT NULL,
    -- Which file, or which database of which server, it was when the epoch was drawn.
    place TEXT NOT NULL
);
