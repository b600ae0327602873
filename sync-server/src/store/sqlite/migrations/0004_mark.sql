-- Why: a ledger that was put back from a copy does not know what it has promised since. Every commit moves a mark on;
-- devices keep the newest they saw and show it, and a file beside the ledger keeps it too. A mark that is not in here
-- tells that the data is older than what was promised, and a new epoch begins.

CREATE TABLE mark (
    -- Runs of commits of one process in one epoch, in order and without gaps: every mark ever given stands in one of
    -- them. The last row grows with each commit; another process begins a new one.
    first INTEGER NOT NULL PRIMARY KEY,  -- sequence number of the first commit
    last  INTEGER NOT NULL,              -- of the last one
    run   INTEGER NOT NULL,              -- random number of the process
    epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE life (
    -- Epochs that this ledger has had or heard of; the present one stands in `meta`.
    epoch INTEGER NOT NULL PRIMARY KEY,
    since INTEGER NOT NULL,  -- server's clock
    cause TEXT    NOT NULL   -- begun | code of store::BrokenPromise | lost (begun and lost again: named by a device)
) STRICT;
