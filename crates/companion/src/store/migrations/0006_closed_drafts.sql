-- Drafts that are over: submitted, or cleared by a person, who can bring them back for a day.

CREATE TABLE closed_draft (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    closed_at  INTEGER NOT NULL, -- unix ms, this device's own clock, uncorrected
    kind       TEXT    CHECK (kind IN ('visit', 'incident')), -- NULL, like all that follows: submitted, or its day is over
    household  BLOB,             -- NULL too: an incident in the street
    form       TEXT,
    template   TEXT,
    started_at INTEGER,          -- unix ms
    saved_at   INTEGER           -- unix ms
) STRICT;
CREATE INDEX closed_draft_by_time ON closed_draft (closed_at);
