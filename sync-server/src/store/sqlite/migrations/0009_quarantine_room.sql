-- Why: how much of an account's refused work is kept is asked for each refused change, under the lock of the writer. It
-- must not mean adding up all that was refused before.

CREATE TABLE quarantine_room (
    -- What the quarantine keeps of an account's refused changes, kept by the triggers below; `verify` counts again. They
    -- run for refused work only: damage here never keeps out what is taken in or held.
    account    BLOB    NOT NULL PRIMARY KEY,
    refused    INTEGER NOT NULL,           -- rows of `aside`
    kept_bytes INTEGER NOT NULL,           -- of those whose bytes are kept
    beyond     INTEGER NOT NULL DEFAULT 0  -- refused when there was no room for a row; counted only
) STRICT, WITHOUT ROWID;

INSERT INTO quarantine_room (account, refused, kept_bytes)
SELECT account, COUNT(*), COALESCE(SUM((bytes IS NOT NULL) * size_bytes), 0)
FROM aside WHERE state = 'refused' GROUP BY account;

CREATE TRIGGER quarantine_room_in AFTER INSERT ON aside WHEN NEW.state = 'refused'
BEGIN
    INSERT INTO quarantine_room (account, refused, kept_bytes)
    VALUES (NEW.account, 1, (NEW.bytes IS NOT NULL) * NEW.size_bytes)
    ON CONFLICT (account) DO UPDATE SET refused = refused + 1, kept_bytes = kept_bytes + excluded.kept_bytes;
END;
CREATE TRIGGER quarantine_room_out AFTER DELETE ON aside WHEN OLD.state = 'refused'
BEGIN
    UPDATE quarantine_room
    SET refused = refused - 1, kept_bytes = kept_bytes - (OLD.bytes IS NOT NULL) * OLD.size_bytes
    WHERE account = OLD.account;
END;
CREATE TRIGGER quarantine_room_left AFTER UPDATE OF state, bytes ON aside WHEN OLD.state = 'refused'
BEGIN
    UPDATE quarantine_room
    SET refused = refused - 1, kept_bytes = kept_bytes - (OLD.bytes IS NOT NULL) * OLD.size_bytes
    WHERE account = OLD.account;
END;
CREATE TRIGGER quarantine_room_entered AFTER UPDATE OF state, bytes ON aside WHEN NEW.state = 'refused'
BEGIN
    INSERT INTO quarantine_room (account, refused, kept_bytes)
    VALUES (NEW.account, 1, (NEW.bytes IS NOT NULL) * NEW.size_bytes)
    ON CONFLICT (account) DO UPDATE SET refused = refused + 1, kept_bytes = kept_bytes + excluded.kept_bytes;
END;
