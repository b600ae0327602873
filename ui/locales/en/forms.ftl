# Words of every form
save = Save
cancel = Cancel
edit = Edit
undo = Undo
choose = Choose
not-said = Not given
tri-yes = Yes
tri-no = No
tri-not-asked = Not asked
save-saving = Saving…
save-saved = Saved on this phone
save-failed = Could not save
submitting = Submitting…
draft-resumed = Continuing where you left off
discard = Discard draft
put-back = Undo
taken-changes = Filled in as “no change” over what you had entered.
taken-incident = The details you wrote went with the tick.
taken-member = The new member was removed.
taken-sensitive = The sensitive answers were cleared.
taken-contact-name = The new contact was removed.
taken-booking = The appointment was removed.
taken-booking-place = The place was replaced by the one in the directory.
taken-draft = The draft was discarded. You can also bring it back from Today for a day.
photos-later = Photos will come in a later version; you can submit without them.
note = Remark

# Sheets of a household
sheet-card = Edit household
sheet-new-member = Add a member
sheet-member = Edit member
new-member-drop-label = Undo adding { $name }
lack-member-name = Enter the person’s name
sheet-aside = Not saved yet: { $what }
sheet-resume = Continue
sheet-let-go = Discard

# Visit
visit-title = Record a visit
visit-outcome = Outcome
no-change = No change: fill everything in
no-change-note = Repeats the answers from { $day }; you can still change each one
no-change-note-first = Fills in “no change”; you can still change each one
consent-had = Sensitive. The household has given separate consent and may withdraw it at any time.
consent-needed = Sensitive. Explain what it is for, and ask only with separate consent. Saying no does not affect any service.
consent-give = The household agrees to answer
members-left-question = Tick who has left
member-has-left = { $name } (left)
fold-asked = { $asked } of { $total } asked
fold-filled = { $filled } of { $total } filled in
fold-optional = optional
fold-changes = { $count ->
    [one] 1 change
   *[other] { $count } changes
}
fold-card = Update the household’s record
fold-rest = Where it took place, and the rest
changes-title = Check the changes
changes-none = No changes
changes-read-out = Read them aloud to the household, then submit.
change-member-added = New member
change-member-left = Member left
change-need = Need mentioned this time
change-undo-label = Undo the change to { $field }
make-incident = Report to community
make-incident-on = Will be reported
make-incident-label = Report to community: { $name }
make-incident-on-label = Will be reported: { $name }
make-incident-text = { $name }: details (optional)
channel = Where it took place
advice-title = What was explained
leaflets = Leaflets handed out
follow-up-text = What you promised
follow-up-date = By when
submit-visit = Submit visit
submit-note = Saved on this phone first, then uploaded automatically
submit-note-closed = Saved on this phone only: it uploads after the phone is enrolled again
submit-note-offline = Offline: saved on this phone, uploaded once you are online
lack-outcome = Choose an outcome first
lack-required = Please answer: { $question }
lack-too-long = { $question }: no more than { $limit } characters
lack-out-of-range = { $question }: between { $min } and { $max }
lack-invalid = { $question }: please choose again
receipt-visit = Visit recorded
receipt-saved = Saved on this phone
receipt-closed = Kept on this phone; it uploads after the phone is enrolled again.
receipt-queued = It uploads automatically once you are online.
receipt-uploaded = Uploaded
receipt-sent = The server has it and has confirmed it.
receipt-number = No. { $number }
receipt-refused = It was not accepted. { $reason } Your text is still on this phone.
receipt-held = Received; the office is checking it: { $reason }
receipt-set-aside = It has not been uploaded: { $reason } Your text is still on this phone.
receipt-incidents = { $count ->
    [one] 1 matter was reported to the community
   *[other] { $count } matters were reported to the community
}
receipt-back = Back
receipt-next-title = Next door due
receipt-next-none = Nobody else is due a visit this week.
receipt-next = Next household

# Report
report-sub = A category is enough; you can add the rest later
report-text = What happened (optional)
report-grid = Grid
report-place = Place
self-handled = I settled it
self-handled-desc = Solved on the spot
handled-text = How it was settled
priority = Urgency
call-first = Call 110, 119 or 120 first.{" "}
call-first-note = This app cannot replace an emergency call.
call-fire = Call 119, fire
call-police = Call 110, police
call-ambulance = Call 120, ambulance
category-title = Category
category-all = All { $count }
category-usual = Show fewer
category-of = { $group }: categories
category-route = Usually goes to: { $unit }
category-change = Choose { $name }
submit-report = Submit report
submit-report-as = Submit report · { $priority }
lack-category = Choose a category first
lack-handled = Please say how it was settled
lack-booking-place = Please say where the appointment is
lack-booking-day = That time has passed; choose a later one
point-add = Add location
point-note = Sent with this report only; you are not tracked (optional)
point-asking = Finding your location… you can submit without waiting
point-added = Location added, accurate to about { $metres } m
point-forbidden = Location access is off; you can report without it
point-unknown = Location not found; describe the place instead, you can report without it
booking = Appointment
booking-desc = Takes effect once confirmed; you get a reminder on the day
booking-kind = Type of appointment
booking-offers = From the service directory
booking-place = Where
booking-day = Day
booking-time = Time
receipt-report = Report recorded
receipt-again = Report another
receipt-open-incident = Open incident

# Corrections of a visit
amendments-title = Corrections and additions
amend = Add a correction
amend-text = What should be corrected or added
amend-send = Save correction
amend-sent = Your correction is saved on this phone.
amend-note = The original record stays as it is. Your correction goes below it with your name and the time, and cannot be changed once saved.
lack-amendment = Write what should be corrected or added
