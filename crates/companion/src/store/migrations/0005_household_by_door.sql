-- Households are listed by door as well, and found by more spellings of doors and names: their words are cut anew by the
-- idle filler. The door is what follows the seven characters of the due day in `sort`.

CREATE INDEX household_by_door ON household (substr(sort, 8), id);
CREATE INDEX household_by_building_door ON household (building, substr(sort, 8), id);
CREATE INDEX household_by_compound ON household (compound);

UPDATE document SET is_projected = 0 WHERE kind = 'household' AND is_projected = 1;
