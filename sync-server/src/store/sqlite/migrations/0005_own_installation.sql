-- Why: what the server itself writes, its decisions and the office's imports, is written under an installation of one
-- process. A ledger that was put back must not give out numbers again that are on devices already.

CREATE TABLE own_installation (
    -- Installations under which the server writes or wrote. No device may speak with their voice.
    id BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO own_installation (id)
SELECT DISTINCT unhex(replace(value, '-', '')) FROM meta WHERE key GLOB '*_installation*' ORDER BY 1;
DELETE FROM meta WHERE key GLOB '*_installation*';
