//! An appointment is today: said by the system's own notification, for whoever looks elsewhere, and on top of the
//! page until it is put away.
//!
//! A notification lies open on a locked screen, so it names kind and time, no place and no person.

use contract::AppointmentRow;
use contract::domain::UnixMillis;
use yew::prelude::*;

use crate::i18n::{Words, t};
use crate::ipc;
use crate::parts::icon;
use crate::route::Route;
use crate::state::Env;

/// `14:30`
pub(crate) fn time_of(at: UnixMillis) -> String {
    let local = at.local();
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// Whether the handler has confirmed it is said at once: nobody should go for nothing.
fn title(words: Words, appointment: &AppointmentRow) -> String {
    if appointment.is_confirmed { t!(words, REMINDER_SETTLED) } else { t!(words, REMINDER_PROPOSED) }
}

fn line(words: Words, appointment: &AppointmentRow) -> String {
    t!(words, REMINDER_LINE, time = time_of(appointment.at), kind = words.name(appointment.kind))
}

/// Tells the system. Nothing depends on it: the same stands on the page.
pub(super) async fn notify(words: Words, appointment: &AppointmentRow) {
    ipc::notify(&title(words, appointment), &line(words, appointment)).await;
}

/// The banner on top of every page.
pub(crate) fn draw(env: &Env, appointment: &AppointmentRow, on_seen: &Callback<()>) -> Html {
    let words = env.words;
    html! {
        <div class="weui-information-bar gc-strip gc-strip_calm gc-reminder" role="alert" data-testid="reminder">
            <div class="weui-information-bar__hd">{ icon("clock") }</div>
            <div class="weui-information-bar__bd">
                <p><strong>{ title(words, appointment) }</strong></p>
                <p>{ words.join([line(words, appointment), appointment.place.clone()]) }</p>
                <div class="gc-strip__row">
                    <a
                        class="weui-link gc-hit"
                        href={Route::Incident(appointment.incident).href()}
                        data-testid="reminder-open"
                        onclick={on_seen.reform(|_: MouseEvent| ())}
                    >
                        { t!(words, REMINDER_OPEN) }
                    </a>
                    <button
                        class="weui-link gc-hit"
                        type="button"
                        data-testid="reminder-seen"
                        onclick={on_seen.reform(|_: MouseEvent| ())}
                    >
                        { t!(words, REMINDER_SEEN) }
                    </button>
                </div>
            </div>
        </div>
    }
}
