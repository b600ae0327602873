-- The first schema: records as documents and changes, what sync has vouched for, forms in progress, and tables for reading.

CREATE TABLE document (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- the record's UUID
    kind         TEXT    NOT NULL, -- domain::Kind
    parent       BLOB,             -- the household it belongs to; NULL: none (a card, an incident in the street)
    heads        BLOB    NOT NULL, -- 32 bytes a hash, sorted; as they are here, pending changes included
    server_heads BLOB    NOT NULL, -- the same, as the server knows them; empty: it does not have the document
    bytes        BLOB    NOT NULL, -- the whole history: saved document, or raw changes one after another as received
    is_projected INTEGER NOT NULL, -- 1: the tables for reading show it; 0: it waits to be looked at; 2: this version cannot read it
    verified_at  INTEGER           -- unix ms of the last matching digest over it; NULL: never
) STRICT;
CREATE INDEX document_by_parent ON document (parent, kind) WHERE parent IS NOT NULL;
CREATE INDEX document_unprojected ON document (kind, id) WHERE is_projected = 0;

-- Changes made on this device. A row leaves 'pending' only by a server outcome that names its hash.
CREATE TABLE change (
    document BLOB    NOT NULL CHECK (length(document) = 16),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    actor    BLOB    NOT NULL, -- installation it was made on
    seq      INTEGER NOT NULL, -- number among the changes of that actor in that document, from 1
    kind     TEXT    NOT NULL, -- domain::Kind of the document
    bytes    BLOB    NOT NULL, -- raw change; may be emptied once confirmed
    state    TEXT    NOT NULL CHECK (state IN ('pending', 'confirmed', 'refused', 'held', 'set_aside')),
    code     TEXT    NOT NULL DEFAULT '', -- wire code of a refusal, or why it is held or set aside
    detail   TEXT    NOT NULL DEFAULT '', -- field or limit concerned; never a person's words
    made_at  INTEGER NOT NULL, -- unix ms, this device's clock
    answered_at INTEGER,       -- unix ms, this device's clock, when it left 'pending'; NULL: it has not
    PRIMARY KEY (document, hash)
) STRICT;
CREATE UNIQUE INDEX change_by_seq ON change (document, actor, seq);
CREATE INDEX change_open ON change (document, state) WHERE state <> 'confirmed';

-- Streams this account receives, and how far each has been read.
CREATE TABLE collection (
    name         TEXT    NOT NULL PRIMARY KEY, -- domain::Collection
    rank         INTEGER NOT NULL, -- order in which they are filled, as the server lists them
    position     INTEGER NOT NULL DEFAULT 0, -- last position stored; moves in the transaction that stores the items
    is_complete  INTEGER NOT NULL DEFAULT 0, -- 1: nothing more to read when last asked
    total        INTEGER NOT NULL DEFAULT 0, -- documents there are, for progress
    digest_count INTEGER NOT NULL DEFAULT 0, -- documents here that the server has
    digest_sum   BLOB    NOT NULL DEFAULT (zeroblob(16)), -- big-endian sum over (document, server_heads)
    verified_at  INTEGER           -- unix ms of the last matching digest; NULL: never
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
    collection TEXT NOT NULL,
    document   BLOB NOT NULL,
    PRIMARY KEY (collection, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_document ON membership (document);

-- Values that the server side writes: templates, names, calendars. Never merged.
CREATE TABLE reference (
    key     TEXT    NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    value   TEXT    NOT NULL -- JSON
) STRICT;

-- Forms in progress, written as the worker types.
CREATE TABLE draft (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind       TEXT    NOT NULL CHECK (kind IN ('visit', 'incident')),
    household  BLOB,             -- NULL: an incident in the street
    form       TEXT    NOT NULL, -- JSON: contract::VisitForm or contract::IncidentForm
    template   TEXT    NOT NULL DEFAULT '', -- JSON: the checklist this form began with; empty: none
    started_at INTEGER NOT NULL, -- unix ms
    saved_at   INTEGER NOT NULL  -- unix ms
) STRICT;

-- What this phone knows about itself: account, installation, token, looks. One JSON value a key.
CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who looked at what is masked, and when (PIPL 51, 54). Append-only.
CREATE TABLE unmasking (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    household BLOB    NOT NULL,
    account   BLOB    NOT NULL,
    at        INTEGER NOT NULL -- unix ms
) STRICT;

-- Tables for reading. Everything below follows from the documents and can be made again from them.

CREATE TABLE household (
    row           INTEGER PRIMARY KEY AUTOINCREMENT, -- names the row of `search`; never leaves this file
    id            BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    particulars   BLOB    NOT NULL, -- id of its particulars, whether or not they are here
    grid          TEXT    NOT NULL,
    building      TEXT    NOT NULL, -- building code
    compound      TEXT    NOT NULL, -- place, as written
    building_name TEXT    NOT NULL,
    unit          TEXT    NOT NULL,
    room          TEXT    NOT NULL,
    visit_class   TEXT    NOT NULL, -- the class that counts
    contact_name  TEXT    NOT NULL,
    house_status  TEXT,             -- NULL: not known
    due_day       INTEGER,          -- days since 1970-01-01 in China; NULL: not scheduled
    is_rested     INTEGER NOT NULL, -- 1: the cycle before due_day was ended by attempts
    sort          TEXT    NOT NULL, -- due day, then the door with numbers in their natural order
    last_visit    TEXT,             -- domain visit mark; NULL: never visited
    last_attempt  TEXT,             -- the latest attempt since; NULL: none
    attempts      INTEGER NOT NULL, -- attempts since the last completed visit
    open_needs    INTEGER NOT NULL,
    conflicts     INTEGER NOT NULL, -- rows in `conflict`
    needs         TEXT    NOT NULL, -- JSON: code to state
    note          TEXT    NOT NULL,
    search_hash   INTEGER NOT NULL  -- of the words that `search` was last filled with
) STRICT;
CREATE UNIQUE INDEX household_by_sort ON household (sort, id);
CREATE INDEX household_by_building ON household (building, sort, id);
CREATE INDEX household_with_needs ON household (sort, id) WHERE open_needs > 0;
CREATE INDEX household_with_conflicts ON household (sort, id) WHERE conflicts > 0;

CREATE TABLE member (
    household BLOB    NOT NULL,
    id        BLOB    NOT NULL,
    position  INTEGER NOT NULL, -- order on the card: those who live here first, head first
    name      TEXT    NOT NULL,
    relation  TEXT,             -- NULL: not known
    residence TEXT,             -- NULL: not known
    PRIMARY KEY (household, id)
) STRICT, WITHOUT ROWID;

-- Fields of a document that two people changed without knowing of each other.
CREATE TABLE conflict (
    document   BLOB NOT NULL,
    field      TEXT NOT NULL, -- path in the flat form
    candidates TEXT NOT NULL, -- JSON, the one that is shown first
    PRIMARY KEY (document, field)
) STRICT, WITHOUT ROWID;

-- Phone numbers backwards, so that a tail is a prefix. Only where particulars are on this phone.
CREATE TABLE phone_tail (
    reversed  TEXT NOT NULL,
    household BLOB NOT NULL,
    PRIMARY KEY (reversed, household)
) STRICT, WITHOUT ROWID;
CREATE INDEX phone_tail_by_household ON phone_tail (household);

CREATE TABLE visit (
    id           BLOB    NOT NULL PRIMARY KEY,
    household    BLOB    NOT NULL,
    account      BLOB    NOT NULL, -- the visitor
    role         TEXT    NOT NULL,
    at_start     INTEGER NOT NULL, -- unix ms, the visitor's clock
    outcome      TEXT    NOT NULL,
    template     TEXT    NOT NULL, -- key@version; empty: none
    summary      TEXT    NOT NULL, -- first words of the remark or promise
    incidents    INTEGER NOT NULL, -- how many grew out of it
    improvements INTEGER NOT NULL  -- how many changes it made
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_by_household ON visit (household, at_start, id);

CREATE TABLE incident (
    id              BLOB    NOT NULL PRIMARY KEY,
    household       BLOB,             -- NULL: none
    account         BLOB    NOT NULL, -- the reporter
    category        TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    priority        TEXT,             -- NULL: not said
    address_text    TEXT    NOT NULL,
    reported_at     INTEGER NOT NULL, -- unix ms, the reporter's clock
    is_self_handled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_by_time ON incident (reported_at, id);
CREATE INDEX incident_by_account ON incident (account, reported_at, id);
CREATE INDEX incident_by_household ON incident (household, reported_at, id) WHERE household IS NOT NULL;

-- Names of colleagues and buildings, taken out of reference values.
CREATE TABLE account_name (
    account BLOB NOT NULL PRIMARY KEY,
    name    TEXT NOT NULL,
    role    TEXT            -- NULL: not said
) STRICT, WITHOUT ROWID;
CREATE TABLE building (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Search over households; rowid = household.row. The columns are filled by `search::index`, words already cut:
-- single: each Chinese character, each run of digits or letters; pair: each two neighbouring Chinese characters;
-- digits: each tail of each run of digits; door: building, unit and room numbers; pinyin, initials: from each syllable on.
CREATE VIRTUAL TABLE search USING fts5 (
    single, pair, digits, door, pinyin, initials,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3'
);
