# Frame
app-name = Grid Companion
nav-main = Main
back = Back
tab-today = Today
tab-households = Households
tab-report = Report
tab-tasks = Tasks
tab-me = Me
loading = Reading from this phone…
show-more = Show more
newest-first = newest first
filters = Filters
day-today = Today
day-yesterday = Yesterday
day-tomorrow = Tomorrow

# First run
enrol-title = Set up this phone
enrol-sub = Only once
enrol-how = Ask the community office for an enrolment code, then scan or paste it. A code works once and expires soon.
enrol-scan = Photograph the code
enrol-scan-hint = Take a picture of the QR code. It is read on this phone, not kept and not sent.
enrol-reading = Reading the picture…
enrol-no-code = No code was found in the picture. Go closer, hold it flat, avoid glare and try again, or paste the text.
enrol-paste = Or paste the code’s text
enrol-server = This phone will belong to the server:
enrol-bare-code = This text names no server. Unless you are setting up the same phone again, ask for the complete code.
enrol-submit = Set up
enrol-binding = Setting up…
enrol-privacy = Only the buildings or grids you look after are downloaded, and then work without a network.

# Home
today-date = { $weekday } { $day }
today-record-visit = Log a visit
today-lead-actions = What I want to do
today-lead-visit = Visit
today-lead-visit-desc = Choose a household, log a visit
today-lead-report-desc = Report a matter in three taps
today-lead-households-desc = Households of my building
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
today-no-households = Households are not on this phone yet. They download by themselves when there is a network; you can work meanwhile.
today-nothing-due = No household is due within a week
today-all-households = Show all { $count } households
clock-fast = The clock of this phone is fast by about { $amount }. Dates follow the server’s time and your records are safe; please turn on automatic time in the phone’s settings.
clock-slow = The clock of this phone is slow by about { $amount }. Dates follow the server’s time and your records are safe; please turn on automatic time in the phone’s settings.
clock-known = OK
store-set-aside = The data file of this phone was damaged and was kept as { $file }; nothing was deleted. { $salvaged } unsent records were rescued, { $unreadable } could not be read: please tell the office.

# Lists of households
search-label = Search households: room, name, pinyin initials or last digits of a phone number
search-hint = Room, name, initials, phone
search-label-lead = Search households: room, name or pinyin initials
search-hint-lead = Room, name, initials
filter-building = Building
filter-all-buildings = All buildings
filter-building-option = { $name } ({ $count })
filter-overdue = Overdue
filter-week = Due in a week
filter-needs = Needs
filter-conflicts = To check
chip-count = { $name } { $count }
list-label = Households
list-count = { $count ->
    [one] 1 household
   *[other] { $count } households
}
list-found = “{ $query }”: { $count } found
list-order = by due date
list-none = No household matches
list-none-found = Nothing found for “{ $query }”. Try a room, one character of a name, or pinyin initials.
list-clear = Show all households
row-attempt = { $outcome } { $day }, tried { $count ->
    [one] once
   *[other] { $count } times
}
row-last-visit = Last { $day }, { $outcome }
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
household-note-label = Remark (nothing about illness or identity numbers)
household-verified-at = Last checked with the server: { $at }
household-not-verified = Not checked with the server yet
household-incidents = Incidents
reveal-title = Phone and ID numbers are masked
reveal-note = Showing them is recorded
reveal = Show
revealed-note = Numbers are shown; this was recorded
call-number = Call { $name }, { $tel }
id-no-suspect = ID number may be wrong
conflict-title = “{ $field }” has { $count } entries
conflict-note = Two people changed this while offline, and every value is kept. Choose one; the others stay in the history.
conflict-shown = shown now
conflict-choose = Use this
conflict-choose-label = { $field }: use { $value }
value-empty = (empty)
person-in-role = { $name } ({ $role })
person-unknown = somebody unknown
members-title = Members
members-count = { $count }, { $present } living here
members-none = No members recorded
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
visited-answers = Inquiries
visited-changes = What was corrected
visited-no-template = This version of the checklist is not on this phone; { $count } answers are kept
visited-newer-answer = Written by a newer version of the app
visited-open-household = Open the household

# Mine
unsent-none = Nothing waiting to be sent
unsent-none-note = Everything written here has reached the server
unsent-count = { $count ->
    [one] 1 record not uploaded
   *[other] { $count } records not uploaded
}
unsent-safe = all safe on this phone
refused-count = { $count ->
    [one] 1 record not accepted
   *[other] { $count } records not accepted
}
refused-safe = the text is still here
unsent-household = Change of { $title }
unsent-particulars = Private change of { $title }
unsent-visit = Visit { $title }
unsent-incident = Report: { $title }
unsent-queued = { $at }, uploads by itself when there is a network
unsent-refused = { $at }. { $reason }{ $field }
unsent-field = {" "}({ $field })
unsent-held = { $at }. Arrived, the office is checking: { $reason }
unsent-set-aside = { $at }. Put aside so that the rest could go: { $reason }
sync-now = Try now
sync-running = Syncing…
sync-never = Not synced yet
sync-last = { $at }: { $result } { $moved }
sync-moved = { $sent } sent, { $received } received.
sync-verified-at = Last agreed with the server: { $at }
sync-next-at = Next automatic attempt: { $at }
drafts-title = { $count ->
    [one] 1 draft
   *[other] { $count } drafts
}
drafts-note = on this phone only, sent when submitted
draft-visit = Visit { $title }
draft-report = Report: { $title }
draft-report-empty = Report (no category yet)
draft-last = Begun { $at }, tap to go on
settings-title = Settings
setting-care = Large type
setting-care-desc = Large letters and buttons
setting-theme = Dark
theme-system = As the system
theme-light = Light
theme-dark = Dark
setting-language = Language 语言
me-promise = No check-in, no ranking, no counting of online time.
suggestion-title = Complaints and suggestions
about-title = About
about-version = Version
about-server = Server
about-no-server = Not set up yet
about-households = Households here
about-visits = Visits here
about-incidents = Incidents here
about-size = Storage used
about-offline = What you write is saved on this phone first and uploaded when there is a network. Searching, logging and reporting work without one.
about-privacy = No location tracks, no third-party statistics. Private details are downloaded to the grid’s workers only, and showing full numbers is recorded.
