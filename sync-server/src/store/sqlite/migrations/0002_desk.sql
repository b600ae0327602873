-- Why: the server decides on incidents and acts on their time limits by itself. It has to find what is due without
-- reading everything, after a restart as well, and it numbers incidents.

CREATE TABLE wake (
    -- When the server has to look at a document again: a limit passes, a day ends, something waits for a decision.
    -- Written with the change that sets it; a document without a row is left alone.
    document BLOB    NOT NULL PRIMARY KEY,
    wake_at  INTEGER NOT NULL   -- server's clock; 0: as soon as possible
) STRICT, WITHOUT ROWID;
CREATE INDEX wake_by_time ON wake (wake_at, document);

CREATE TABLE serial (
    -- Numbers of incidents: the last one given out, by area and day. Gaps occur, repetitions do not.
    area TEXT    NOT NULL,  -- first six digits of the grid
    day  TEXT    NOT NULL,  -- YYYY-MM-DD in China, by the server's clock
    last INTEGER NOT NULL,
    PRIMARY KEY (area, day)
) STRICT, WITHOUT ROWID;

-- What was reported before waits for the first decision.
INSERT INTO wake (document, wake_at) SELECT id, 0 FROM document WHERE kind = 'incident' ORDER BY id;
