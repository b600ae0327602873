//! 预约: an appointment asked for along with a report; kind, place, day and time. Places are suggested out of the
//! service directory, which is on the phone. Until the handler confirms it, it is a wish.

use contract::domain::codes::{BookingKind, CodeList as _};
use contract::domain::time::add_days;
use contract::domain::{LocalDate, UnixMillis};
use contract::{BookingForm, IncidentForm, ServiceView};
use yew::prelude::*;

use super::{Edit, Msg, Report};
use crate::i18n::t;
use crate::parts::{chip, chip_row, input_cell, input_of, switch_cell};
use crate::state::Env;

/// Most characters of a place.
const PLACE_LIMIT: usize = 200;
const MINUTE_MS: i64 = 60_000;
/// What is proposed: tomorrow at nine.
const USUAL_MINUTE: i64 = 9 * 60;

/// A change of the appointment.
pub(crate) enum BookingEdit {
    /// Ask for one, or not after all.
    Toggle,
    /// What kind.
    Kind(BookingKind),
    /// Where, in words.
    Place(String),
    /// A service of the directory that offers it.
    Service(ServiceView),
    /// The day, as a date field writes it.
    Day(String),
    /// The time, as a time field writes it.
    Time(String),
}

/// The kinds that fit a category, the usual one first.
pub(super) fn kinds_of(category: &str) -> &'static [BookingKind] {
    if category.starts_with("08") {
        &[BookingKind::Doctor, BookingKind::Counselling]
    } else {
        &[BookingKind::OnSite, BookingKind::Remote, BookingKind::CircuitCourt, BookingKind::Counselling]
    }
}

/// Carries one change out; a field that holds no day or no time changes nothing.
pub(super) fn apply(form: &mut IncidentForm, edit: BookingEdit, today: LocalDate) {
    if matches!(edit, BookingEdit::Toggle) {
        form.booking = match form.booking.take() {
            Some(_) => None,
            None => Some(propose(form, today)),
        };
        return;
    }
    let Some(booking) = &mut form.booking else { return };
    let (day, minute) = split(booking.at);
    match edit {
        BookingEdit::Toggle => {}
        BookingEdit::Kind(kind) => {
            booking.kind = kind;
            booking.service = None;
        }
        BookingEdit::Place(place) => {
            booking.place = place;
            booking.service = None;
        }
        BookingEdit::Service(service) => {
            // A mediator comes to the place; everything else is where the service is.
            if booking.kind != BookingKind::OnSite || booking.place.is_empty() {
                let is_told = service.address.is_empty();
                booking.place = if is_told { service.name } else { format!("{}　{}", service.name, service.address) };
            }
            booking.service = Some(service.id);
        }
        BookingEdit::Day(text) => {
            if let Some(day) = contract::domain::time::parse_day(&text) {
                booking.at = join(day, minute);
            }
        }
        BookingEdit::Time(text) => {
            if let Some(minute) = read_minute(&text) {
                booking.at = join(day, minute);
            }
        }
    }
}

/// Whether a place that was written by hand has gone.
pub(super) fn loses_place(before: &IncidentForm, after: &IncidentForm) -> bool {
    let typed = before.booking.as_ref().filter(|booking| booking.service.is_none() && !booking.place.is_empty());
    typed.is_some_and(|old| after.booking.as_ref().is_none_or(|booking| booking.place != old.place))
}

fn propose(form: &IncidentForm, today: LocalDate) -> BookingForm {
    let kind = kinds_of(&form.category)[0];
    let place = if kind == BookingKind::OnSite { form.address_text.clone() } else { String::new() };
    BookingForm { kind, place, at: join(add_days(today, 1), USUAL_MINUTE), service: None }
}

fn split(at: UnixMillis) -> (LocalDate, i64) {
    let day = at.local_date();
    (day, at.since_ms(UnixMillis::start_of(day)) / MINUTE_MS)
}

fn join(day: LocalDate, minute: i64) -> UnixMillis {
    UnixMillis::start_of(day).plus_ms(minute * MINUTE_MS)
}

/// `09:30` as minutes of the day.
fn read_minute(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

/// Draws the part of the form, for a category that can carry an appointment.
pub(super) fn draw(page: &Report, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let toggle = on.reform(|_: Event| Msg::Edit(Edit::Booking(BookingEdit::Toggle)));
    html! {
        <div class="weui-cells gc-gap">
            { switch_cell("booking", "clock", t!(words, BOOKING), t!(words, BOOKING_DESC), page.form.booking.is_some(), toggle) }
            { for page.form.booking.as_ref().map(|booking| fields(page, booking, env, on)) }
        </div>
    }
}

fn fields(page: &Report, booking: &BookingForm, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let edit = |make: fn(String) -> BookingEdit| {
        on.reform(move |event: InputEvent| Msg::Edit(Edit::Booking(make(input_of(&event)))))
    };
    let kind_chip = |kind: &BookingKind| {
        let kind = *kind;
        let tap = on.reform(move |_| Msg::Edit(Edit::Booking(BookingEdit::Kind(kind))));
        chip(words.name(kind).to_owned(), booking.kind == kind, format!("booking-kind-{}", kind.code()), tap)
    };
    let offer_chip = |service: &ServiceView| {
        let is_chosen = booking.service.as_ref() == Some(&service.id);
        let (service, name) = (service.clone(), service.name.clone());
        let testid = format!("booking-service-{}", service.id);
        let tap = on.reform(move |_| Msg::Edit(Edit::Booking(BookingEdit::Service(service.clone()))));
        chip(name, is_chosen, testid, tap)
    };
    let (day, minute) = split(booking.at);
    let time = format!("{:02}:{:02}", minute / 60, minute % 60);
    html! {
        <>
            <div class="gc-pad">
                { chip_row(t!(words, BOOKING_KIND), true, html! { <>{ for kinds_of(&page.form.category).iter().map(kind_chip) }</> }) }
            </div>
            if !page.offers.is_empty() {
                <div class="gc-pad gc-pad_tight">
                    <p class="gc-sublabel">{ t!(words, BOOKING_OFFERS) }</p>
                    { chip_row(t!(words, BOOKING_OFFERS), true, html! { <>{ for page.offers.iter().map(offer_chip) }</> }) }
                </div>
            }
            { input_cell("booking-place", t!(words, BOOKING_PLACE), "text", booking.place.clone(), PLACE_LIMIT, edit(BookingEdit::Place)) }
            { input_cell("booking-day", t!(words, BOOKING_DAY), "date", contract::domain::time::format_day(day), 10, edit(BookingEdit::Day)) }
            { input_cell("booking-time", t!(words, BOOKING_TIME), "time", time, 5, edit(BookingEdit::Time)) }
        </>
    }
}
