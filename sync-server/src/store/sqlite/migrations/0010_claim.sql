-- Why: a forged seal or a far cursor says that the ledger is older than what it promised, and anybody could make it up.
-- It counts when devices of two accounts say so within a day; until the second does, the first claim is kept here.

CREATE TABLE claim (
    -- At most one row for each device; those of other epochs and of more than a day ago are deleted.
    device  BLOB    NOT NULL PRIMARY KEY,
    account BLOB    NOT NULL,
    epoch   INTEGER NOT NULL,  -- the one that is said to be broken
    at      INTEGER NOT NULL   -- server's clock
) STRICT, WITHOUT ROWID;
