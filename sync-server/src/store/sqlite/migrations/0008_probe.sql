-- Why: whether a push would be stored can only be seen by writing.

CREATE TABLE probe (
    -- The last write of a health check; one row.
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,  -- server's clock
    filler BLOB    NOT NULL
) STRICT;
