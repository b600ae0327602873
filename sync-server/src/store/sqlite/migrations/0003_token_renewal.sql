-- Why: a reply to an enrolment that is lost on the way must not burn the code. The same installation gets a fresh token
-- for it, as long as nobody has used the first.

-- The device that a code has made; null until it is used, and for codes used before this was kept.
ALTER TABLE enrol_code ADD COLUMN device BLOB REFERENCES device (id);
-- 0 until the device has shown its token, then 1. Not when: nobody's presence is watched.
ALTER TABLE device ADD COLUMN token_used INTEGER NOT NULL DEFAULT 1;
