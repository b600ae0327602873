# Frame
app-name = Grid Companion
nav-main = Main
back = Back
tab-today = Today
tab-households = Households
tab-report = Report
tab-tasks = Tasks
tab-me = Me
loading = Loading from this phone…
show-more = Show more
newest-first = newest first
filters = Filters
actions = Actions
unsaved-elsewhere = Something you started has not been saved yet.
day-today = Today
day-yesterday = Yesterday
day-tomorrow = Tomorrow

# First run
enrol-title = Set up this phone
enrol-sub = Only once
enrol-how = Ask the community office for an enrolment code, then scan or paste it. Each code works once and expires soon.
enrol-scan = Photograph the code
enrol-scan-hint = Take a photo of the QR code. It is read on this phone only, and neither kept nor uploaded.
enrol-reading = Reading the picture…
enrol-no-code = No code was found in the photo. Move closer, hold it flat, avoid glare and try again, or paste the text.
enrol-paste = Or paste the code’s text
enrol-server = This phone will connect to:
enrol-bare-code = This text does not name a server. Unless you are setting up the same phone again, ask for the complete code.
enrol-submit = Set up
enrol-binding = Setting up…
enrol-privacy = Only the buildings or grids you look after are downloaded; after that they work offline.

# Home
today-date = { $weekday } { $day }
today-record-visit = Record a visit
today-lead-actions = What would you like to do?
today-lead-visit = Visit
today-lead-visit-desc = Choose a household and record a visit
today-lead-report-desc = Report something in three taps
today-lead-households-desc = Households in my building
today-conflicts = { $count ->
    [one] 1 household has two entries to check
   *[other] { $count } households have two entries to check
}
today-incidents = My incidents
today-waiting = Waiting for me
today-incident-count = { $count }, by deadline
today-no-incidents = Nothing open
today-all-incidents = Show all { $count }
today-futile = { $count ->
    [one] 1 step did not take effect: please look
   *[other] { $count } steps did not take effect: please look
}
today-appointments = Appointments today
today-due = Households to visit
today-due-count = { $overdue } overdue, { $week } due within a week
households-there-none = The server has no households of yours yet. Ask the office to import the list, or to check which places are yours.
today-no-households = Households are not on this phone yet. They download automatically once you are online; you can keep working meanwhile.
today-nothing-due = No household is due within a week
today-all-households = Show all { $count } households
clock-fast = The clock of this phone is fast by about { $amount }. Dates follow the server’s time and your records are safe; please turn on automatic time in the phone’s settings.
clock-slow = The clock of this phone is slow by about { $amount }. Dates follow the server’s time and your records are safe; please turn on automatic time in the phone’s settings.
clock-known = OK
store-set-aside = This phone’s data file was damaged and has been kept as { $file }; nothing was deleted. Unsent records rescued: { $salvaged }. Drafts rescued: { $drafts }. Everything else will be downloaded again.
store-unreadable = Unsent records that could not be read in full: { $unreadable }. Please contact the office.
store-lost-pages = Places in the file that could not be read: { $places }. There is no way to tell whether unsent records were there. Please check your latest visits and reports.
store-acknowledge = Got it

# Lists of households
search-label = Search households: room, name, pinyin initials or last digits of a phone number
search-hint = Room, name, initials, phone
search-label-lead = Search households: room, name or pinyin initials
search-hint-lead = Room, name, initials
filter-building = Building
filter-all-buildings = All buildings
filter-building-option = { $name } ({ $count })
filter-overdue = Overdue
filter-week = Due this week
filter-needs = Needs
filter-conflicts = To check
chip-count = { $name } { $count }
list-label = Households
list-count = { $count ->
    [one] 1 household
   *[other] { $count } households
}
list-found = “{ $query }”: { $count } found
list-order = Order
order-due = By due date
order-door = By door
search-clear = Clear the search
row-matched = { $name }
row-matched-relation = { $name } ({ $relation })
list-none = No matching households
list-none-found = Nothing found for “{ $query }”. Try a room, one character of a name, or pinyin initials.
list-clear = Show all households
row-attempt = { $outcome } { $day }, tried { $count ->
    [one] once
   *[other] { $count } times
}
row-last-visit = Last: { $day }, { $outcome }
row-never-visited = Not visited yet
row-needs = { $count ->
    [one] 1 need
   *[other] { $count } needs
}
class-label = Class { $class }, { $name }

# One household
no-contact-name = No contact name
household-present = { $count } living here
household-interval = every { $days } days
household-note-label = Remark (no health details or ID numbers, please)
household-verified-at = Last checked against the server: { $at }
household-not-verified = Not yet checked against the server
household-incidents = Incidents
reveal-title = Phone and ID numbers are masked
reveal-note = Viewing them is logged
reveal = Show
revealed-note = Full numbers are shown; this was logged
reveal-to-edit = Show and edit
mask-again = Hide
member-tel-more = Another phone
member-alias = Also written down as { $name }
member-split = Separate
member-joined = Made of { $count } entries
pair-title = Possibly one person
pair-note = Two entries of this household look alike. Joined, both are kept, and they can be separated again.
pair-same = One person
pair-two = Two people
call-number = Call { $name }, { $tel }
id-no-suspect = ID number may be wrong
conflict-title = “{ $field }” has { $count } entries
conflict-note = Two people changed this while offline, and both entries were kept. Choose one; the others stay in the history.
conflict-shown = shown now
conflict-choose = Use this
conflict-choose-label = Use this: { $field } { $value }
value-empty = (empty)
person-in-role = { $name } ({ $role })
person-unknown = unknown person
members-title = Members
members-count = { $count }, { $present } living here
members-none = No members recorded yet
member-edit-label = Edit { $name }
member-tel = Phone
member-id-no = ID number
needs-title = Needs
needs-none = No needs recorded
need-add = Add a need
visits-section = Visits
visits-title = All visits
visits-count = { $count } on this phone
visits-none = No visits yet
visits-all = Show all visits
visit-made-incidents = { $count ->
    [one] made 1 incident
   *[other] made { $count } incidents
}
visit-made-changes = { $count ->
    [one] 1 change
   *[other] { $count } changes
}

# One visit
visited-title = Visit
visited-answers = Questions
visited-changes = What was updated
visited-no-template = This phone does not have this version of the checklist; { $count } answers are kept
visited-newer-answer = Written by a newer version of the app
visited-open-household = Open the household

# Mine
unsent-none = Nothing waiting to be sent
unsent-none-note = Everything you wrote on this phone has reached the server
unsent-count = { $count ->
    [one] 1 record not uploaded
   *[other] { $count } records not uploaded
}
unsent-safe = all safe on this phone
held-count = { $count ->
    [one] 1 record being checked
   *[other] { $count } records being checked
}
held-safe = received, the office is checking
refused-count = { $count ->
    [one] 1 record not accepted
   *[other] { $count } records not accepted
}
refused-safe = your text is still here
stuck-put-away = Put away
stuck-taken = Put away: { $title }
stuck-away = Put away ({ $count })
stuck-away-title = Put away
stuck-line = { $field }: { $text }
unsent-household = Change to { $title }
unsent-particulars = Change to private details of { $title }
unsent-visit = Visit to { $title }
unsent-amendment = Correction to the visit to { $title }
unsent-incident = Report: { $title }
unsent-closed = { $at }; kept on this phone, uploads after it is enrolled again
unsent-queued = { $at }, uploads automatically once online
unsent-reason = {" "}The office says: { $reason }
unsent-refused = { $at }. { $reason }
unsent-field = {" "}({ $field })
unsent-held = { $at }. Received; the office is checking it: { $reason }
unsent-set-aside = { $at }. Set aside so that the rest could be sent: { $reason }
sync-now = Sync now
enrol-again = Bind again
sync-running = Syncing…
sync-never = Not synced yet
sync-last = { $at }: { $result } { $moved }
sync-moved = { $sent } sent, { $received } received.
sync-verified-at = Last matched the server: { $at }
sync-next-at = Next automatic attempt: { $at }
drafts-title = { $count ->
    [one] 1 draft
   *[other] { $count } drafts
}
drafts-note = on this phone only until you submit
drafts-choose = Select
drafts-clear = { $count ->
    [one] Clear 1 draft
   *[other] Clear { $count } drafts
}
drafts-clear-all = { $count ->
    [one] Clear
   *[other] Clear all
}
drafts-cleared = { $count ->
    [one] 1 draft cleared. You can undo this until { $until }.
   *[other] { $count } drafts cleared. You can undo this until { $until }.
}
draft-visit = Visit to { $title }
draft-visit-empty = Visit (household no longer on this device)
draft-report = Report: { $title }
draft-report-empty = Report (no category yet)
draft-last = Last edited { $at }; tap to continue
settings-title = Settings
setting-care = Large type
setting-care-desc = Larger text and buttons
setting-theme = Dark mode
theme-system = Same as system
theme-light = Light
theme-dark = Dark
setting-language = Language 语言
me-promise = No clocking in, no ranking, no tracking of time online.
suggestion-title = Complaints and suggestions
about-title = About
about-version = Version
about-server = Server
about-no-server = Not set up yet
about-households = Households on this phone
about-visits = Visits on this phone
about-incidents = Incidents on this phone
about-size = Storage used
about-offline = What you write is saved on this phone first and uploaded once you are online. You can look things up, record and report without a network.
about-privacy = No location history, no third-party analytics. Private details are downloaded only to the grid’s own workers, and viewing full numbers is logged.

# A form begun before that cannot go on
kept-title = Unfinished form
kept-departed = This household is no longer on this device, so the form cannot be submitted. What you typed is still here: copy it for the colleague in charge, then put it away.
kept-unreadable = This draft cannot be read in full. It was left untouched; below is its text as stored.
kept-put-away = Put away
kept-outcome = How the visit ended
