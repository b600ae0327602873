-- Why: a server that was put back from a copy has lost some of what this phone holds. The phone lets go of nothing for
-- that; it has to know what it holds beyond the server, and what it asked about.

-- Documents of which the server said that it does not have all that is here. Forgotten when the app is opened: then it is
-- asked again.
CREATE TABLE unbacked (
    document BLOB NOT NULL PRIMARY KEY CHECK (length(document) = 16)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_beyond ON document (id) WHERE heads <> server_heads;

-- Changes of others that the server has lost and that were taken out of a document, because work of this phone was built
-- on them and could not be sent so. Their authors' phones offer them again; these are copies for the worst case.
CREATE TABLE witnessed (
    document BLOB    NOT NULL CHECK (length(document) = 16),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    bytes    BLOB    NOT NULL, -- raw change
    kept_at  INTEGER NOT NULL, -- unix ms, this device's clock
    PRIMARY KEY (document, hash)
) STRICT, WITHOUT ROWID;
