# Lists of incidents
tasks-sub = Works offline; the server has the final word
tasks-search-label = Search incidents: place, category or number
tasks-search-hint = Place, category, number
tasks-queues = Queues
tasks-count = { $count ->
    [one] 1 incident
   *[other] { $count } incidents
}
tasks-order = soonest deadline first
tasks-searched = searched everything on this device
tasks-none-mine = You have not reported anything yet
tasks-none = No incidents on this device
tasks-none-waiting = Nothing waiting here
tasks-none-futile = All your steps took effect
tasks-none-found = Nothing found for “{ $query }”. Try a word from the place or category, or the last digits of the number.
tasks-asked = Awaiting my answer
queue-open = Open
queue-mine = Reported by me
queue-to-accept = To accept
queue-to-dispatch = To dispatch
queue-requests = Requests
queue-to-handle = To handle
queue-to-verify = To verify
queue-to-call-back = To call back
queue-due-soon = Due soon
queue-overdue = Overdue
queue-unsatisfied = Dissatisfied
queue-futile = Not in effect
queue-ended = Ended
queue-all = All

# Accepting several at once
choose-several = Select several
choose-all = Select all
choose-none = Select none
choose-accept = Accept selected
choose-accept-count = Accept { $count } selected
choice-left = No longer waiting to be accepted, so no longer selected: { $what }
batch-waiting = { $count ->
    [one] 1 incident
   *[other] { $count } incidents
} accepted. To be sent in a few seconds.
batch-accepted = { $count ->
    [one] 1 incident
   *[other] { $count } incidents
} accepted. Waiting for the server to confirm; whatever does not take effect is listed under “Not in effect”.
batch-requested = { $count ->
    [one] Acceptance of 1 incident
   *[other] Acceptance of { $count } incidents
} queued; the server confirms it once you are online.
batch-none = Nothing was accepted.
batch-back = { $count ->
    [one] 1 acceptance
   *[other] { $count } acceptances
} taken back.
batch-refused = Not accepted: { $what } ({ $reason })
batch-gone = no longer on this device

# Own steps in incidents that have left this device
departed-title = Incidents that have left this device
departed-note = These incidents have moved elsewhere; what you wrote is still here.
departed-copy = Copy text
departed-copied = Copied
departed-copy-failed = Could not copy; select the text by hand.
draft-unsent = Unsent draft
draft-continue = Continue

# A desk and its keys
desk-queue = Incident queue
desk-incident = Incident
desk-none-open = Choose an incident on the left
keys-show = Keyboard shortcuts
keys-note = Shortcuts are off while you type.
key-walk = Move through the queue
key-open = Open the incident
key-back = Back
key-search = Search
close = Close

# Marks and limits
mark-pending = Awaiting confirmation
mark-futile = { $count } not in effect
mark-urged = Urged
mark-supervised = Supervised
span-minutes = { $count } min
span-hours = { $count } h
span-hours-minutes = { $hours } h { $minutes } min
span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
limit-left = { $span } left
limit-over = { $stage } overdue by { $span }
limit-estimate = est. { $text }
limit-used = { $percent }% of the time for { $stage } used
limit-by = { $stage } by { $at }
stage-accept = acceptance
stage-first-action = first action
stage-dispatch = dispatch
stage-resolve = resolution
stage-verify = verification
stage-feedback = follow-up call

# One incident
incident-title = Incident
incident-number = No. …{ $number }
incident-self-handled = Settled on the spot
incident-history = History
incident-state-now = Current state: { $state }
incident-flow-note = Deadlines run on the server’s clock; offline they are estimates. This app cannot replace an emergency call: in danger, dial 110, 119 or 120.
fact-category = Category
fact-place = Place
fact-text = What happened
fact-handled = Done on the spot
fact-household = Household
fact-reported = Reported
fact-reporter = Reporter
fact-reporter-tel = Reporter’s phone (not shown after closing)
fact-handling = Handled by
fact-joint = Helping
fact-limits = Deadlines
appointment-title = Appointment
appointment-settled = Confirmed by the handler
appointment-proposed = Waiting for the handler to confirm
like-found = { $count ->
    [one] 1 incident
   *[other] { $count } incidents
} nearby in the last 24 hours may be the same matter:
like-compare = Compare and merge

# History
history-step = { $who }: { $what }
history-step-to = { $who }: { $what } to { $to }
history-passed = Verified
history-not-passed = Verification failed
history-answer = Called back: { $answer }
history-overdue = { $stage } is overdue
history-refused = The server did not accept a change
history-server-time = server’s clock { $at }
history-until = until { $at }
history-joint = helping: { $names }
pending-shown = Saved on this device; takes effect once the server answers
pending-requested = Request queued; the server decides the order
pending-taken-back = Taken back; waiting for the server to confirm
pending-unlikely = May be too late: as things stand it will not take effect; the server decides
lost-to = { $who } was first ({ $at }): { $what }
lost-to-org = { $who } was first ({ $at }): { $what } to { $to }
step-undecided = The server has not answered yet
step-futile = Not in effect
step-take-back = Take back
step-again = Send again
step-dismiss = Dismiss

# Steps
steps-label = Available actions
step-more = More
step-note = Add a note
step-withdraw = Withdraw
step-self-handle = I settled it
step-accept = Accept
step-return = Send back for details
step-resubmit = Report again
step-dispatch = Dispatch
step-dispatch-to = Dispatch to { $org }
step-transfer = Transfer
step-transfer-to = Transfer to { $org }
step-ask-refusal = Ask to hand back
step-grant-refusal = Agree to take it back
step-deny-refusal = Decline to take it back
step-start = Start handling
step-submit-result = Submit result
step-verify = Verify
step-feedback = Call back
submit-step-verify = Submit verification
submit-step-feedback = Submit follow-up call
lack-step-text = Please give the reason
lack-step-result = Please describe the result
lack-step-note = Please write the note
step-void = Void
step-merge = Merge
step-reopen = Reopen
step-urge = Urge
step-supervise = Supervise
step-ask-extension = Ask for more time
step-grant-extension = Grant more time
step-deny-extension = Decline more time
step-join = Ask others to help
step-book = Book
step-confirm-booking = Confirm the appointment
step-cancel-booking = Cancel the appointment
verify-pass = Passed
verdict-pass = Passed
verdict-fail = Not passed
told-requested = { $step }: request queued; the server confirms it once you are online.
told-waiting = { $done }. It will be sent in a few seconds.
told-pending = { $done }. Waiting for the server to confirm.
told-done = { $done }.
told-with = { $done }: { $words }
told-futile = { $step }: not in effect. { $reason }.
told-back-pending = Taken back: { $step }. Waiting for the server to confirm.
told-back = Taken back: { $step }.
told-too-late = { $step }: too late to take back, it is already in effect.
undo-step = Undo
send-now = Send now
cut-short = { $text }…
did-withdraw = Withdrawn
did-self-handle = Settled on the spot
did-accept = Accepted
did-return = Sent back for details
did-resubmit = Reported again
did-dispatch = Dispatched
did-dispatch-to = Dispatched to { $org }
did-transfer = Transferred
did-transfer-to = Transferred to { $org }
did-ask-refusal = Asked to hand back
did-grant-refusal = Agreed to take it back
did-deny-refusal = Declined to take it back
did-start = Handling begun
did-submit-result = Result submitted
did-verify = Verified
did-feedback = Called back
did-void = Voided
did-merge = Merged
did-merge-into = Merged into { $number }
did-reopen = Reopened
did-urge = Urged
did-supervise = Put under supervision
did-ask-extension = Asked for more time
did-grant-extension = More time granted
did-deny-extension = Declined more time
did-join = Asked others to help
did-join-with = Asked { $names } to help
did-book = Appointment proposed
did-confirm-booking = Appointment confirmed
did-cancel-booking = Appointment cancelled
told-note = The note is saved.
told-away = Put away.

# Forms of the steps
form-shown = Saved here first; shown as awaiting confirmation until the server answers.
form-requested = The server decides the order. Offline, the request is queued and confirmed later.
form-org = Handled by (suggested for this category)
form-other-org = Other organisations
form-person = Person (optional)
form-joint = Supporting organisations (optional) · { $count } chosen
form-due = Deadline
form-way = How it was settled
form-demand = Instructions (optional)
form-result = Result
form-reason = Reason
form-words = Comment (optional)
form-note = Note
form-place = Place
form-at = Time
form-service = From the directory
due-usual = Standard: { $at }
due-latest = Latest: { $at }
due-asked = As requested: { $at }
due-own = Choose a time
merge-this = This one (merged into the other)
merge-into = Which one to keep
