-- Why: a ledger that has lost numbers of incidents goes on behind those that devices bring back. A device that lies
-- must not use up a day's numbers.

ALTER TABLE serial ADD COLUMN raised INTEGER NOT NULL DEFAULT 0;  -- how many of them were passed over for devices
