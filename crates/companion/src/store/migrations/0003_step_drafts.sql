-- What is typed into the forms of an incident's steps is kept like other forms, and people are known with their
-- organisations.

-- Forms of steps in progress, written as somebody types.
CREATE TABLE step_draft (
    incident BLOB    NOT NULL,
    kind     TEXT    NOT NULL, -- domain::workflow::TransitionKind; empty: a note
    id       BLOB    NOT NULL CHECK (length(id) = 16), -- names its line in `departed_step` if the incident leaves
    payload  TEXT    NOT NULL, -- JSON: domain::workflow::Payload
    saved_at INTEGER NOT NULL, -- unix ms
    PRIMARY KEY (incident, kind)
) STRICT, WITHOUT ROWID;

-- 1: typed and not sent when the incident left; `step` is then the draft's id, `kind` may be empty: a note.
ALTER TABLE departed_step ADD COLUMN is_unsent INTEGER NOT NULL DEFAULT 0;

-- NULL: none, or the server has not said.
ALTER TABLE account_name ADD COLUMN org TEXT;
