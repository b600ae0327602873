//! Appointments of today: when, what, where, and whether it is confirmed.

use contract::AppointmentRow;
use yew::prelude::*;

use crate::app::time_of;
use crate::i18n::t;
use crate::parts::{icon, title_or_category};
use crate::route::Route;
use crate::state::Env;

/// Draws the section; none without appointments.
pub(super) fn draw(env: &Env, rows: &[AppointmentRow]) -> Html {
    if rows.is_empty() {
        return Html::default();
    }
    html! {
        <section aria-labelledby="h-appointments">
            <h2 class="weui-cells__title" id="h-appointments">{ t!(env.words, TODAY_APPOINTMENTS) }</h2>
            <ul class="weui-cells" data-arrows="y">
                { for rows.iter().map(|row| html! {
                    <li key={format!("{}{}", row.incident, row.at.as_i64())}>{ appointment_row(env, row) }</li>
                }) }
            </ul>
        </section>
    }
}

fn appointment_row(env: &Env, row: &AppointmentRow) -> Html {
    let words = env.words;
    let kind = words.name(row.kind).to_owned();
    let (class, state) = if row.is_confirmed {
        ("gc-state gc-state_confirmed", t!(words, APPOINTMENT_SETTLED))
    } else {
        ("gc-state gc-state_pending", t!(words, APPOINTMENT_PROPOSED))
    };
    html! {
        <a
            class="weui-cell weui-cell_access gc-row"
            href={Route::Incident(row.incident).href()}
            data-testid="appointment-row"
        >
            <div class="weui-cell__hd gc-icell">{ icon("clock") }</div>
            <div class="weui-cell__bd">
                <div class="gc-row__top">
                    <p class="gc-row__title">{ time_of(row.at) }{ "　" }{ kind }</p><span {class}>{ state }</span>
                </div>
                <p class="gc-row__meta">
                    { words.join([row.place.clone(), title_or_category(words, &row.title, &row.category)]) }
                </p>
            </div>
            <div class="weui-cell__ft"></div>
        </a>
    }
}
