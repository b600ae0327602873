# Service directory
services-title = Services
services-sub = works offline
services-search = Name, address or number
services-none = Nothing found for “{ $query }”. Try one character of the name, or the number.
services-version = Edition { $version }, stored on this phone and updated automatically when online.
services-there-none = The office has not published a directory yet. Emergency numbers are always here.
services-no-version = The directory downloads automatically once you are online. Emergency numbers are always here.
service-has-guide = guide
service-gone = This entry is no longer in the directory.
service-address = Address
service-hours = Hours
service-bookings = Appointments
service-guide = Guide
service-updated = Checked { $day }
call = Call
copy-number = Copy number
call-copied = Number copied
call-not-copied = Could not copy; please dial the number by hand

# Health desk
health-desk = Health desk
health-request-title = Health request
health-request-desc = Goes to the grid’s family doctor
health-here = Health request
health-call = Call and guides
health-there-none = The office has not published a health directory yet.
health-none = The health directory downloads automatically once you are online.
health-requests = My health requests
health-no-requests = No health requests yet

# Notices
notices-title = Notices
notices-none = No notices now
notices-unread = { $count ->
    [one] 1 new notice
   *[other] { $count } new notices
}
notice-unread = New
notice-urgent = Urgent
notice-until = { $from } to { $until }
notice-gone = This notice has expired or was withdrawn.

# Appointments
reminder-settled = Appointment today, confirmed
reminder-proposed = Appointment today, not confirmed yet
reminder-line = { $time } { $kind }
reminder-open = Open
reminder-seen = Got it
