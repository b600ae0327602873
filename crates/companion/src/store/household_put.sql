-- One row a household; `row` stays the same when it changes.
INSERT INTO household (
    id, particulars, grid, building, compound, building_name, unit, room, visit_class, contact_name, house_status,
    due_day, is_rested, sort, last_visit, last_attempt, attempts, open_needs, conflicts, needs, note, search_hash
) VALUES (
    :id, :particulars, :grid, :building, :compound, :building_name, :unit, :room, :visit_class, :contact_name,
    :house_status, :due_day, :is_rested, :sort, :last_visit, :last_attempt, :attempts, :open_needs, :conflicts,
    :needs, :note, :search_hash
)
ON CONFLICT (id) DO UPDATE SET
    grid = excluded.grid, building = excluded.building, compound = excluded.compound,
    building_name = excluded.building_name, unit = excluded.unit, room = excluded.room,
    visit_class = excluded.visit_class, contact_name = excluded.contact_name, house_status = excluded.house_status,
    due_day = excluded.due_day, is_rested = excluded.is_rested, sort = excluded.sort,
    last_visit = excluded.last_visit, last_attempt = excluded.last_attempt, attempts = excluded.attempts,
    open_needs = excluded.open_needs, conflicts = excluded.conflicts, needs = excluded.needs, note = excluded.note,
    search_hash = excluded.search_hash
RETURNING row;
