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
draft-resumed = Going on where you stopped
discard = Throw draft away
discard-sure = Tap again to throw it away
photos-later = Photos come with a later version; submitting works without.
note = Remark

# Sheets of a household
sheet-card = Edit household
sheet-new-member = Add a member
sheet-member = Edit member
new-member-drop-label = Do not add { $name }

# Visit
visit-title = Log a visit
visit-outcome = How it ended
no-change = No change: fill in all at once
no-change-note = Repeats the answers of { $day }; each can still be changed
no-change-note-first = Fills in “no change”; each can still be changed
consent-had = Sensitive. The household gave separate consent and may withdraw it at any time.
consent-needed = Sensitive. Say what it is for and ask only with separate consent; a refusal changes nothing about the service.
consent-give = The household agrees to answer
members-left-question = Tick who has left
member-has-left = { $name } (left)
fold-asked = { $asked } of { $total } asked
fold-optional = optional
fold-changes = { $count ->
    [one] 1 change
   *[other] { $count } changes
}
fold-card = Correct the household’s file
fold-rest = Where, and the rest
changes-title = Check the changes
changes-none = No changes
changes-read-out = Read them out before submitting.
change-member-added = New member
change-member-left = Member left
change-need = Need mentioned now
change-undo-label = Undo the change of { $field }
make-incident = Make incident
make-incident-on = Incident will be made
make-incident-label = Make an incident of: { $name }
make-incident-text = { $name }: more words (optional)
channel = Where it took place
advice-title = What was explained
leaflets = Leaflets handed out
follow-up-text = What was promised
follow-up-date = By when
submit-visit = Submit visit
submit-note = Saved on this phone first, then uploaded
submit-note-offline = Offline: saved on this phone, uploaded when there is a network
lack-outcome = Choose how the visit ended first
lack-required = Please fill in: { $question }
lack-too-long = { $question }: at most { $limit } characters
lack-out-of-range = { $question }: between { $min } and { $max }
lack-invalid = { $question }: please choose again
receipt-visit = Visit logged
receipt-saved = Saved on this phone
receipt-queued = It uploads by itself when there is a network, and shows “Not uploaded yet” until the server confirms.
receipt-incidents = { $count ->
    [one] 1 incident was made of it
   *[other] { $count } incidents were made of it
}
receipt-household = Back to household
receipt-next = Next household

# Report
report-sub = A category is enough; the rest can follow
report-text = What happened (optional)
report-grid = Grid
report-place = Place
self-handled = Settled by me
self-handled-desc = Solved on the spot
handled-text = How it was solved
priority = How pressing
call-first = Call 110, 119 or 120 first.{" "}
call-first-note = This app is no alarm.
call-fire = Call 119, fire service
call-police = Call 110, police
call-ambulance = Call 120, ambulance
category-title = Category
category-all = All { $count }
category-usual = Fewer
category-of = Categories of { $group }
category-route = Usually goes to: { $unit }
category-change = Choose { $name }
submit-report = Submit report
submit-report-as = Submit report · { $priority }
lack-category = Choose a category first
lack-handled = Please say how it was solved
lack-booking-place = Please say where the appointment is
lack-booking-day = That time is over; choose a later one
point-add = Add location
point-note = Sent with this report only, no tracking (optional)
point-asking = Looking for it… no need to wait before submitting
point-added = Location added, to about { $metres } m
point-forbidden = Location is not allowed; the report goes all the same
point-unknown = Location was not found; describe the place, the report goes all the same
booking = Appointment
booking-desc = Counts once confirmed; reminded on the day
booking-kind = What kind
booking-offers = Out of the directory
booking-place = Where
booking-day = Day
booking-time = Time
receipt-report = Incident reported
receipt-again = Report another
receipt-open-incident = Open incident
receipt-short-no = On the phone, name it by …{ $number }
