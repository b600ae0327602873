# Lists of incidents
tasks-sub = Works offline; the server’s word counts
tasks-search-label = Search incidents: place, category or number
tasks-search-hint = Place, category, number
tasks-queues = Queues
tasks-count = { $count ->
    [one] 1 incident
   *[other] { $count } incidents
}
tasks-order = the nearest limit first
tasks-searched = everything on this device was searched
tasks-none-mine = You have not reported anything yet
tasks-none = No incidents on this device
tasks-none-waiting = Nothing is waiting here
tasks-none-futile = Every step of yours took effect
tasks-none-found = Nothing found for “{ $query }”. Try a word of the place or category, or the end of the number.
tasks-asked = Waiting for my answer
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
queue-unsatisfied = Not satisfied
queue-futile = Not in effect
queue-ended = Ended
queue-all = All

# Own steps in incidents that have left this device
departed-title = Incidents that have left this device
departed-note = The incidents went elsewhere; what you wrote is still here.
departed-copy = Copy the words
departed-copied = Copied
departed-copy-failed = Could not copy; select the text by hand.
draft-unsent = Draft, not sent
draft-continue = Go on writing

# A desk and its keys
desk-queue = Queue of incidents
desk-incident = Incident
desk-none-open = Choose an incident on the left
keys-show = Keys
keys-note = They do nothing while you type.
key-walk = Move in the queue
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
span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
limit-left = { $span } left
limit-over = { $stage } late by { $span }
limit-estimate = estimate: { $text }
limit-used = { $percent }% of the time for { $stage } used
limit-by = { $stage } by { $at }
stage-accept = acceptance
stage-first-action = first action
stage-dispatch = dispatch
stage-resolve = settling
stage-verify = verification
stage-feedback = call-back

# One incident
incident-title = Incident
incident-number = No. …{ $number }
incident-self-handled = Settled on the spot
incident-history = History
incident-state-now = State now: { $state }
incident-flow-note = Limits run on the server’s clock; offline they are estimates. This app is no alarm: in danger call 110, 119 or 120.
fact-category = Category
fact-place = Place
fact-text = What happened
fact-handled = Done on the spot
fact-household = Household
fact-reported = Reported
fact-handling = Handled by
fact-joint = Helping
fact-limits = Limits
appointment-title = Appointment
appointment-settled = Confirmed by the handler
appointment-proposed = The handler has to confirm it
like-found = { $count ->
    [one] 1 incident
   *[other] { $count } incidents
} of the last 24 hours nearby may be the same matter:
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
pending-shown = Saved here, not in effect before the server answers
pending-requested = The request is queued; the server orders it
pending-taken-back = Taken back, awaiting confirmation by the server
pending-unlikely = May come too late: as things stand it would not take effect; the server decides
lost-to = { $who } was first, { $at }: { $what }
lost-to-org = { $who } was first, { $at }: { $what } to { $to }
step-undecided = The server has not answered yet
step-futile = Not in effect
step-take-back = Take back
step-again = Send again
step-dismiss = Put away

# Steps
steps-label = What can be done
step-more = More
step-note = Add a note
step-withdraw = Withdraw
step-self-handle = Settled it myself
step-accept = Accept
step-return = Return for details
step-resubmit = Report again
step-dispatch = Dispatch
step-dispatch-to = Dispatch to { $org }
step-transfer = Transfer
step-transfer-to = Transfer to { $org }
step-ask-refusal = Ask to hand back
step-grant-refusal = Take it back
step-deny-refusal = Do not take it back
step-start = Begin handling
step-submit-result = Hand in the result
step-verify = Verify
step-feedback = Call back
step-void = Void
step-merge = Merge
step-reopen = Reopen
step-urge = Urge
step-supervise = Supervise
step-ask-extension = Ask for more time
step-grant-extension = Grant more time
step-deny-extension = Do not grant more time
step-join = Ask others to help
step-book = Book
step-confirm-booking = Confirm the appointment
step-cancel-booking = Cancel the appointment
verify-pass = Verified
verdict-pass = Passed
verdict-fail = Not passed
told-requested = { $step }: the request is queued; the server confirms it when there is a network.
told-step = { $step }: noted, awaiting confirmation by the server.
told-note = The note is saved.
told-away = Put away.

# Forms of the steps
form-shown = Saved here first; awaiting confirmation until the server answers.
form-requested = The server orders this; without a network the request is queued and confirmed later.
form-org = Handled by (suggested for the category)
form-other-org = Others
form-person = Person (optional)
form-joint = Organisations to help (optional), { $count } chosen
form-due = Limit
form-way = Way of settling
form-demand = What is wanted (optional)
form-result = Result
form-reason = Reason
form-words = Words (optional)
form-note = Note
form-place = Place
form-at = Time
form-service = From the directory
due-usual = By its class: { $at }
due-latest = Latest: { $at }
due-asked = As asked: { $at }
due-own = Another time
merge-this = This one (goes into the other)
merge-into = Which one stays
