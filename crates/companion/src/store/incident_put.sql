-- One row an incident; `row` stays the same when it changes.
INSERT INTO incident (
    id, human_no, number_tail, short_no, grid, household, account, category, title, priority, address_text, lat, lng,
    reported_at, is_self_handled, state, is_ended, stage, start_at, yellow_at, due_at, sort_at, is_marked, is_estimate,
    org, person, handler, verifier, is_urged, is_supervised, asks, is_unsatisfied, pending, futile, booking_kind,
    booking_place, booking_at, is_booking_confirmed, search_hash
) VALUES (
    :id, :human_no, :number_tail, :short_no, :grid, :household, :account, :category, :title, :priority, :address_text,
    :lat, :lng, :reported_at, :is_self_handled, :state, :is_ended, :stage, :start_at, :yellow_at, :due_at, :sort_at,
    :is_marked, :is_estimate, :org, :person, :handler, :verifier, :is_urged, :is_supervised, :asks, :is_unsatisfied, :pending,
    :futile, :booking_kind, :booking_place, :booking_at, :is_booking_confirmed, :search_hash
)
ON CONFLICT (id) DO UPDATE SET
    human_no = excluded.human_no, number_tail = excluded.number_tail, grid = excluded.grid,
    household = excluded.household, account = excluded.account, category = excluded.category, title = excluded.title,
    priority = excluded.priority, address_text = excluded.address_text, lat = excluded.lat, lng = excluded.lng,
    reported_at = excluded.reported_at, is_self_handled = excluded.is_self_handled, state = excluded.state,
    is_ended = excluded.is_ended, stage = excluded.stage, start_at = excluded.start_at,
    yellow_at = excluded.yellow_at, due_at = excluded.due_at, sort_at = excluded.sort_at,
    is_marked = excluded.is_marked, is_estimate = excluded.is_estimate, org = excluded.org,
    person = excluded.person, handler = excluded.handler, verifier = excluded.verifier, is_urged = excluded.is_urged,
    is_supervised = excluded.is_supervised, asks = excluded.asks, is_unsatisfied = excluded.is_unsatisfied,
    pending = excluded.pending, futile = excluded.futile, booking_kind = excluded.booking_kind,
    booking_place = excluded.booking_place, booking_at = excluded.booking_at,
    is_booking_confirmed = excluded.is_booking_confirmed, search_hash = excluded.search_hash
RETURNING row;
