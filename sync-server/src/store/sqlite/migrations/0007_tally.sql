-- Why: how many rows there are is asked every few seconds (metrics) and must not mean counting a district's documents.

CREATE TABLE tally (
    -- Counts of rows, moved on by the server with each commit; `verify` counts again. Nothing that a worker hands in
    -- depends on them: they are not written by triggers, for a damaged row here would then refuse every change.
    name  TEXT    NOT NULL PRIMARY KEY,  -- documents | changes | refused | held | devices (trusted ones)
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tally (name, count)
VALUES ('documents', (SELECT COUNT(*) FROM document)),
       ('changes', (SELECT COUNT(*) FROM change)),
       ('refused', (SELECT COUNT(*) FROM aside WHERE state = 'refused')),
       ('held', (SELECT COUNT(*) FROM aside WHERE state = 'held')),
       ('devices', (SELECT COUNT(*) FROM device WHERE revoked_at IS NULL));
