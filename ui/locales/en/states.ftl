# Marks
state-draft = Draft
state-draft-departed = read only
state-draft-unreadable = unreadable
state-queued = Not uploaded yet
state-confirmed = Confirmed
state-refused = Not accepted
state-held = Being checked
state-set-aside = Set aside
state-conflict = To be checked
due-overdue = { $days ->
    [one] 1 day overdue
   *[other] { $days } days overdue
}
due-today = Due today
due-in = { $days ->
    [one] due tomorrow
   *[other] due in { $days } days
}
due-rested = again { $date }
due-not-scheduled = not scheduled

# The sync chip
chip-loading = Loading { $here }/{ $all }
chip-syncing = Syncing
chip-offline = Offline
chip-offline-unsent = Offline · { $count } to sync
chip-unsent = { $count } to sync
chip-refused = { $count } not accepted
chip-verified = Up to date
chip-verified-lead = Synced
chip-online = Connected
chip-revoked = Access withdrawn
chip-stranger = Unknown to the server
chip-unknown = Not connected yet

# What a state means for the one who wrote it
explain-queued = Saved on this phone; uploads automatically once online.
explain-refused = The server did not accept it: { $reason } Your text is still here.
explain-held = The server has received it; the office is checking: { $reason }
explain-set-aside = It could not be uploaded for now: { $reason } Your text is still here.

# Why a record was not accepted or is kept aside
refused-too-large = It is too large for one upload. Shorten it and submit again.
refused-malformed = It was damaged on the way. Please contact the office.
refused-foreign-actor = Another phone wrote it. Please upload it from there.
refused-foreign-author = It names someone else as its author. Please contact the office.
refused-sequence-gap = An earlier change has not arrived yet; it will be sent automatically.
refused-sequence-reused = This phone’s number is used by an older backup; the app takes a new one and sends again.
refused-unknown-dependency = What it builds on has not arrived yet; it will be sent automatically.
refused-unappliable = The server could not merge it. Please contact the office.
refused-rule-broken = One field is not valid. Please correct it and submit again.
refused-not-allowed = You are no longer allowed to do this; the household may have been reassigned. The office can pass it on.
refused-wrong-kind = A different kind of record has the same number. Please contact the office.
refused-right-ended = You had the right when you wrote it, but not when it arrived. The office will decide.
refused-newer-format = A newer version of the app wrote it. The server keeps it until it is updated.
refused-rejected = The office looked at it and did not take it in.
refused-ledger-damaged = The server’s data is damaged here. Your record is kept there and taken in once the office has repaired it.
refused-other = The server gave a reason this version does not know. Update the app or contact the office.

# How a sync ended
sync-result-done = All done; matches the server.
sync-result-partial = Partly done; the rest will follow.
sync-result-unreachable = The server cannot be reached. Everything is safe on this phone; the app will try again.
sync-result-broken = The connection dropped. What arrived is kept; the app will try the rest again.
sync-result-busy = The server is busy; the app will try again.
sync-result-server-failed = The server had a problem. Everything is safe on this phone; the app will try again.
sync-result-untrusted = The server’s certificate is not trusted. Nothing was sent; tell the office.
sync-result-revoked = This phone’s right was withdrawn. Please ask the office.
sync-result-stranger = The server does not know this phone; it may be recovering its data. Everything is safe here and tried again later. If it stays so, ask the office to enrol it again, and do not clear the app.
sync-result-storage-full = This phone is full and could not take in more. Free some space; what you wrote is still here.

# Names of fields
field-contact-name = Contact name
field-house-status = Use of the home
field-visit-class = Visit class
field-needs = Needs
field-note = Remark
field-place-compound = Compound
field-place-building = Building
field-place-unit = Stairwell
field-place-room = Room
field-grid = Grid
field-building = Building
field-first-due = First visit due
field-members-name = Name
field-members-relation = Relation to the head
field-members-residence = Whereabouts
field-members-id-no = ID number
field-members-sex = Sex
field-members-birth-month = Month of birth
field-members-population-type = Population type
field-members-work-or-school = Work or school
field-members-health-note = Health note
field-members-remark = Remark
field-title = Title
field-text = What happened
field-address-text = Place
field-category = Category
field-name = Name
field-tel = Phone number
field-tels = Phone number
field-id-no = ID number
field-outcome = Outcome
field-follow-up = Promise
field-handled-text = How it was solved
field-booking-place = Place
field-answers = Checklist answer
field-other = another field
