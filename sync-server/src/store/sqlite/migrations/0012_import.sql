-- Why: an office that imported the wrong list wants it taken back, and a list that was broken off be seen. What each import
-- wrote is kept beside it; what it was before follows from the changes, which are never deleted.

CREATE TABLE import (
    -- One import of an office's files.
    number    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,  -- by which the office calls it; never given out again
    began_at  INTEGER NOT NULL,  -- server's clock
    ended_at  INTEGER,           -- null: broken off, or still running
    undone_at INTEGER,           -- null until it was taken back as far as that went
    files     TEXT    NOT NULL,  -- names of the files, JSON list
    added     INTEGER NOT NULL,  -- homes that it made
    edited    INTEGER NOT NULL   -- records that it edited
) STRICT;

CREATE TABLE import_home (
    -- A home that an import wrote.
    import    INTEGER NOT NULL REFERENCES import (number),
    household BLOB    NOT NULL,
    grid      TEXT    NOT NULL,
    added     INTEGER NOT NULL,            -- 1: the import made it; 0: it was there before
    undone    INTEGER NOT NULL DEFAULT 0,  -- 1: it was taken back
    PRIMARY KEY (import, household)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_record (
    -- A record of such a home that the import wrote, and how it left it.
    import         INTEGER NOT NULL REFERENCES import (number),
    household      BLOB    NOT NULL,
    document       BLOB    NOT NULL,
    heads_after    BLOB    NOT NULL,  -- hashes one after another, ascending; others now: somebody has edited it since
    changes_before INTEGER NOT NULL,  -- how many changes it had before; 0: the import made it
    PRIMARY KEY (import, household, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_record_by_document ON import_record (document);

CREATE TABLE import_base (
    -- What `roster_base` said of such a home before the import.
    import       INTEGER NOT NULL REFERENCES import (number),
    household    BLOB    NOT NULL,
    grid         TEXT    NOT NULL,
    row_key      TEXT    NOT NULL,
    before       TEXT,              -- null: there was no row
    after_sha256 BLOB,              -- of what the import wrote; null: it deleted the row
    PRIMARY KEY (import, household, grid, row_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE withdrawn (
    -- Records that an import made and the office took back. They stand in no stream; an edit or another import brings
    -- them back, with the others of their household.
    document  BLOB NOT NULL PRIMARY KEY,
    household BLOB NOT NULL,
    streams   TEXT NOT NULL  -- names of the streams that it stood in, JSON list
) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawn_by_household ON withdrawn (household);
