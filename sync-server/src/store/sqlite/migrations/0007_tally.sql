-- Why: how many rows there are is asked every few seconds (metrics) and must not mean counting a district's documents.

CREATE TABLE tally (
    -- Counts of rows, kept by the triggers below; `verify` counts again.
    name  TEXT    NOT NULL PRIMARY KEY,  -- documents | changes | refused | held | devices (trusted ones)
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tally (name, count)
VALUES ('documents', (SELECT COUNT(*) FROM document)),
       ('changes', (SELECT COUNT(*) FROM change)),
       ('refused', (SELECT COUNT(*) FROM aside WHERE state = 'refused')),
       ('held', (SELECT COUNT(*) FROM aside WHERE state = 'held')),
       ('devices', (SELECT COUNT(*) FROM device WHERE revoked_at IS NULL));

CREATE TRIGGER tally_document_in AFTER INSERT ON document
BEGIN UPDATE tally SET count = count + 1 WHERE name = 'documents'; END;
CREATE TRIGGER tally_document_out AFTER DELETE ON document
BEGIN UPDATE tally SET count = count - 1 WHERE name = 'documents'; END;

CREATE TRIGGER tally_change_in AFTER INSERT ON change
BEGIN UPDATE tally SET count = count + 1 WHERE name = 'changes'; END;
CREATE TRIGGER tally_change_out AFTER DELETE ON change
BEGIN UPDATE tally SET count = count - 1 WHERE name = 'changes'; END;

-- The states of `aside` are the names of their counts.
CREATE TRIGGER tally_aside_in AFTER INSERT ON aside
BEGIN UPDATE tally SET count = count + 1 WHERE name = NEW.state; END;
CREATE TRIGGER tally_aside_out AFTER DELETE ON aside
BEGIN UPDATE tally SET count = count - 1 WHERE name = OLD.state; END;
CREATE TRIGGER tally_aside_moved AFTER UPDATE OF state ON aside
BEGIN
    UPDATE tally SET count = count - 1 WHERE name = OLD.state;
    UPDATE tally SET count = count + 1 WHERE name = NEW.state;
END;

CREATE TRIGGER tally_device_in AFTER INSERT ON device WHEN NEW.revoked_at IS NULL
BEGIN UPDATE tally SET count = count + 1 WHERE name = 'devices'; END;
CREATE TRIGGER tally_device_out AFTER DELETE ON device WHEN OLD.revoked_at IS NULL
BEGIN UPDATE tally SET count = count - 1 WHERE name = 'devices'; END;
CREATE TRIGGER tally_device_revoked AFTER UPDATE OF revoked_at ON device
BEGIN
    UPDATE tally SET count = count - (OLD.revoked_at IS NULL) + (NEW.revoked_at IS NULL) WHERE name = 'devices';
END;
