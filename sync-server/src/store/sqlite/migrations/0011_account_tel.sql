-- Why: whoever handles an incident can call whoever reported it. The number is written by the administrator, told for
-- single incidents while they are open, and stands in no record and no reference data.

-- Telephone number of the person at work; empty: none is known.
ALTER TABLE account ADD COLUMN tel TEXT NOT NULL DEFAULT '';
