-- Incidents are worked on from here on: where each stands, its limits, numbers and words are kept for lists; steps in
-- incidents that have left are remembered.

DROP TABLE incident;
CREATE TABLE incident (
    row             INTEGER PRIMARY KEY AUTOINCREMENT, -- names the row of `incident_search`; never leaves this file
    id              BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    human_no        TEXT,             -- NULL: the server has not given one
    number_tail     TEXT    NOT NULL, -- human_no backwards, so that a tail is a prefix; empty: none
    short_no        TEXT    NOT NULL, -- last six characters of the id
    grid            TEXT    NOT NULL,
    household       BLOB,             -- NULL: none
    account         BLOB    NOT NULL, -- the reporter
    category        TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    priority        TEXT,             -- NULL: not said
    address_text    TEXT    NOT NULL,
    lat             REAL,             -- degrees, WGS-84; NULL: not said
    lng             REAL,             -- degrees, WGS-84; NULL: not said
    reported_at     INTEGER NOT NULL, -- unix ms, the reporter's clock
    is_self_handled INTEGER NOT NULL,
    state           TEXT    NOT NULL, -- domain::workflow::State, own undecided steps on top
    is_ended        INTEGER NOT NULL, -- follows from state
    stage           TEXT,             -- domain::deadline::Stage of the limit that passes next; NULL: none runs
    start_at        INTEGER,          -- of that limit, unix ms, the server's clock; NULL: none runs
    yellow_at       INTEGER,          -- the same
    due_at          INTEGER,          -- the same
    sort_at         INTEGER NOT NULL, -- due_at; the end of time: none runs
    is_marked       INTEGER NOT NULL, -- 1: the server has found that limit passed
    is_estimate     INTEGER NOT NULL, -- 1: that limit was worked out here
    org             TEXT,             -- the organisation that handles it; NULL: none
    person          BLOB,             -- account it was sent to by name; NULL: nobody, the whole organisation
    handler         BLOB,             -- account that handed in the result; NULL: none
    verifier        TEXT CHECK (verifier IN ('worker', 'clerk')), -- who looks at the result; NULL: nobody now
    is_urged        INTEGER NOT NULL,
    is_supervised   INTEGER NOT NULL,
    asks            TEXT,             -- domain::workflow::TransitionKind of the open request; NULL: none
    is_unsatisfied  INTEGER NOT NULL, -- 1: the resident was not satisfied
    pending         INTEGER NOT NULL, -- own steps that are not decided
    futile          INTEGER NOT NULL, -- own steps that did not take effect and still ask for attention
    booking_kind    TEXT,             -- domain::codes::BookingKind of the appointment; NULL: there is none
    booking_place   TEXT    NOT NULL,
    booking_at      INTEGER,          -- unix ms; NULL: there is no appointment
    is_booking_confirmed INTEGER NOT NULL,
    search_hash     INTEGER NOT NULL  -- of the words that `incident_search` was last filled with
) STRICT;
CREATE INDEX incident_by_time ON incident (reported_at, id);
CREATE INDEX incident_by_account ON incident (account, reported_at, id);
CREATE INDEX incident_by_household ON incident (household, reported_at, id) WHERE household IS NOT NULL;
CREATE INDEX incident_by_category ON incident (category, reported_at) WHERE is_ended = 0;
CREATE INDEX incident_by_short_no ON incident (short_no);
CREATE INDEX incident_by_number ON incident (number_tail) WHERE number_tail <> '';
-- Every queue of open incidents is a walk along this one; it holds what their conditions ask for.
CREATE INDEX incident_open ON incident (
    sort_at, id, state, yellow_at, due_at, is_marked, org, person, handler, verifier, asks, account, is_self_handled, is_ended
) WHERE is_ended = 0;
CREATE INDEX incident_ended ON incident (reported_at, id) WHERE is_ended = 1;
CREATE INDEX incident_futile ON incident (reported_at, id) WHERE futile > 0;
CREATE INDEX incident_unsatisfied ON incident (reported_at, id) WHERE is_unsatisfied = 1;
CREATE INDEX incident_booked ON incident (booking_at, id) WHERE booking_at IS NOT NULL;

-- Search over incidents; rowid = incident.row. The columns are those of `search`. It keeps its content and deletes
-- for good: an incident that has left leaves no word behind.
CREATE VIRTUAL TABLE incident_search USING fts5(
    single, pair, digits, door, pinyin, initials, tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO incident_search (incident_search, rank) VALUES ('secure-delete', 1);

-- Own steps in incidents that have left this device, and what the server said about them.
CREATE TABLE departed_step (
    step      BLOB    NOT NULL PRIMARY KEY CHECK (length(step) = 16), -- the transition
    incident  BLOB    NOT NULL,
    number    TEXT    NOT NULL, -- human number, or last six characters of the id
    category  TEXT    NOT NULL,
    kind      TEXT    NOT NULL, -- domain::workflow::TransitionKind
    words     TEXT    NOT NULL, -- what was written with it
    at        INTEGER NOT NULL, -- unix ms, this device's clock
    reason    TEXT,             -- domain::workflow::Refusal; NULL: the server has not said, or it took effect
    is_dismissed INTEGER NOT NULL DEFAULT 0, -- 1: put away before the server had decided; seen again if it did not take effect
    is_effective INTEGER NOT NULL -- 1: it took effect: a row that goes with its incident
) STRICT, WITHOUT ROWID;
CREATE INDEX departed_step_by_incident ON departed_step (incident);

-- Documents that the server has erased and that wait here for changes of this device to be taken over.
CREATE TABLE erasure (
    document BLOB NOT NULL PRIMARY KEY CHECK (length(document) = 16)
) STRICT, WITHOUT ROWID;

-- They are looked at again when the store opens.
UPDATE document SET is_projected = 0 WHERE kind = 'incident' AND is_projected = 1;
