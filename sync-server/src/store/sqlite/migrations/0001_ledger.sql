-- Why: the district's ledger. What people wrote (change, document), in which order devices read it (collection,
-- entry, log), who they are (account, device), and what could not be taken in (aside).
-- Ids are 16-byte UUIDs, hashes 32-byte SHA-256, moments unix milliseconds by the server's clock.

CREATE TABLE meta (
    -- Single values of the whole file. `epoch`: the life of the data, renewed by a restore from a backup.
    -- `import_installation`: the actor of everything the office imports here.
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    -- Who works with the system. Written by the administrator.
    id         BLOB    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL,  -- code of domain::Role
    scope      TEXT    NOT NULL,  -- domain::account::Scope as JSON: where the account may act now
    past_scope TEXT    NOT NULL,  -- the same shape: every place it could ever act; late work is held, not refused
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    -- One enrolled app. No last-seen time is kept: nobody's presence is watched.
    id           BLOB    NOT NULL PRIMARY KEY,
    account      BLOB    NOT NULL REFERENCES account (id),
    token_sha256 BLOB    NOT NULL UNIQUE,  -- the token itself is known to the device only
    platform     TEXT    NOT NULL,         -- what the app calls its system, at most 40 characters
    enrolled_at  INTEGER NOT NULL,
    revoked_at   INTEGER                   -- null while the device is trusted
) STRICT, WITHOUT ROWID;

CREATE TABLE installation (
    -- Automerge actors by device. A device takes a new one after a fork; an actor never changes hands.
    id     BLOB    NOT NULL PRIMARY KEY,
    device BLOB    NOT NULL REFERENCES device (id),
    since  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE enrol_code (
    -- Single-use codes that bind a device to an account.
    code_sha256 BLOB    NOT NULL PRIMARY KEY,
    account     BLOB    NOT NULL REFERENCES account (id),
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER                    -- null until a device was bound by it
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    -- One record. Written in the transaction that stores the change; `snapshot` and `projection` follow from the
    -- changes and `verify` compares them.
    grid         TEXT    NOT NULL,  -- the unit by which the ledger can be sharded
    id           BLOB    NOT NULL,
    kind         TEXT    NOT NULL,  -- code of domain::Kind
    parent       BLOB,              -- the household it belongs to; null for a household and a free-standing incident
    heads        BLOB    NOT NULL,  -- hashes one after another, ascending
    snapshot     BLOB    NOT NULL,  -- the whole history in one piece, not deflated
    change_count INTEGER NOT NULL,
    projection   TEXT    NOT NULL,  -- the record as JSON
    PRIMARY KEY (grid, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX document_by_id ON document (id);

CREATE TABLE change (
    -- Everything that was ever taken in, as it came.
    document    BLOB    NOT NULL,
    ordinal     INTEGER NOT NULL,  -- 1, 2, 3 … within the document, in order of taking in
    hash        BLOB    NOT NULL,
    actor       BLOB    NOT NULL,  -- installation
    seq         INTEGER NOT NULL,  -- the actor's count within the document
    account     BLOB    NOT NULL,  -- author
    received_at INTEGER NOT NULL,
    bytes       BLOB    NOT NULL,
    PRIMARY KEY (document, ordinal)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX change_by_hash ON change (hash);
CREATE UNIQUE INDEX change_by_seq ON change (document, actor, seq);

CREATE TABLE collection (
    -- The counter row of each stream: whoever appends holds it, so a position never commits after a later one.
    name     TEXT    NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL,  -- the last position given out
    count    INTEGER NOT NULL,  -- documents present
    sum      BLOB    NOT NULL   -- 16 bytes, big-endian: the digest over (document, heads) of those present
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    -- A document's place in a stream: where it joined and where it was last touched.
    collection     TEXT    NOT NULL,
    document       BLOB    NOT NULL,
    first_position INTEGER NOT NULL,  -- a device that stands before it does not have the document
    last_position  INTEGER NOT NULL,
    present        INTEGER NOT NULL,  -- 1, or 0 after it left the stream
    PRIMARY KEY (collection, document)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entry_by_position ON entry (collection, last_position);
CREATE INDEX entry_by_document ON entry (document, collection) WHERE present = 1;

CREATE TABLE log (
    -- Each position of a stream: which document moved, and from which of its changes on that was news.
    collection   TEXT    NOT NULL,
    document     BLOB    NOT NULL,
    position     INTEGER NOT NULL,
    from_ordinal INTEGER NOT NULL,
    PRIMARY KEY (collection, document, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reference (
    -- Versioned JSON values written by the server side only.
    key      TEXT    NOT NULL PRIMARY KEY,
    unit     TEXT    NOT NULL,  -- grid whose people need it; empty for everybody
    version  INTEGER NOT NULL,
    position INTEGER NOT NULL UNIQUE,  -- in the stream `reference/district`
    value    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE aside (
    -- What could not be taken in (refused) or waits for the office (held), once per bytes and sender.
    account      BLOB    NOT NULL,
    sha256       BLOB    NOT NULL,  -- of the bytes
    document     BLOB    NOT NULL,  -- as claimed
    hash         BLOB    NOT NULL,  -- of the change, or the SHA-256 of bytes that are none
    installation BLOB    NOT NULL,
    state        TEXT    NOT NULL,  -- refused | held
    code         TEXT    NOT NULL,  -- code of sync::wire::RefusalCode
    detail       TEXT    NOT NULL,  -- field or limit concerned, never a person's words
    first_at     INTEGER NOT NULL,
    times        INTEGER NOT NULL,
    size_bytes   INTEGER NOT NULL,
    bytes        BLOB,              -- null when the sender's share of the quarantine was full
    PRIMARY KEY (account, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX aside_by_hash ON aside (hash);

CREATE TABLE building (
    -- Building codes given out by the import: a name of an office's list keeps its code for ever.
    grid         TEXT    NOT NULL,
    serial       INTEGER NOT NULL,
    compound_key TEXT    NOT NULL,  -- names as lists are compared, so that 1幢 and 1栋 are one building
    name_key     TEXT    NOT NULL,
    compound     TEXT    NOT NULL,  -- names as first written, for the screen
    name         TEXT    NOT NULL,
    PRIMARY KEY (grid, serial),
    UNIQUE (grid, compound_key, name_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster_base (
    -- What the office's last import said about a household, so that the next one knows what the office itself
    -- changed since.
    grid     TEXT NOT NULL,
    row_key  TEXT NOT NULL,  -- how the household is recognised again
    imported TEXT NOT NULL,  -- its records as JSON, as the office last gave them
    PRIMARY KEY (grid, row_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    -- Administrative acts, append-only; each row seals the one before it.
    position INTEGER NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    act      TEXT    NOT NULL,  -- e.g. account_add, enrol_code, device_revoke, import
    subject  TEXT    NOT NULL,  -- ids and codes only
    seal     BLOB    NOT NULL   -- SHA-256 over the previous seal and this row
) STRICT;
