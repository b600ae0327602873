//! After submitting: what was saved, its number once the server has given one, where it stands as it changes.
//!
//! It has an address of its own and takes the form's place in the history: Back leads to where the form was opened from.

use contract::domain::IncidentId;
use contract::{CommandError, GetIncident, IncidentView, Topic};
use yew::prelude::*;

use crate::i18n::t;
use crate::parts::{Page, draw_load, incident_title, number_words, receipt_head, sync_chip};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The page after a report.
pub(crate) struct ReportDone {
    incident: IncidentId,
    view: Load<IncidentView>,
}

/// What can happen on it.
pub(crate) enum DoneMsg {
    /// It was read.
    Read(Result<Box<IncidentView>, CommandError>),
    /// Report another one.
    Again,
}

impl Screen for ReportDone {
    type Arg = IncidentId;
    type Msg = DoneMsg;

    const TOPICS: &'static [Topic] = &[Topic::Incidents, Topic::Outbox];

    fn open(incident: &IncidentId, _env: &Env) -> (Self, Vec<Effect<DoneMsg>>) {
        let mut page = Self { incident: *incident, view: Load::Waiting };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: DoneMsg) -> Vec<Effect<DoneMsg>> {
        match msg {
            DoneMsg::Read(result) => self.view.take(result.map(|view| *view)),
            DoneMsg::Again => return vec![Effect::Replace(Route::Report(self.household()))],
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<DoneMsg>> {
        vec![Effect::ask(&GetIncident { id: self.incident }, |result| DoneMsg::Read(result.map(Box::new)))]
    }

    fn view(&self, env: &Env, on: &Callback<DoneMsg>) -> Html {
        let words = env.words;
        let frame = Page {
            title: t!(words, RECEIPT_REPORT),
            sub: self.view.ready().map(|view| incident_title(env, &view.row)).unwrap_or_default(),
            back: Some(self.household().map_or(Route::Today, Route::Household)),
            trailing: sync_chip(env),
            tool: html! {
                <div class="weui-bottom-fixed-opr">
                    <button
                        class="weui-btn weui-btn_default"
                        type="button"
                        data-testid="report-again"
                        onclick={on.reform(|_| DoneMsg::Again)}
                    >
                        { t!(words, RECEIPT_AGAIN) }
                    </button>
                    <a class="weui-btn weui-btn_primary" href={Route::Incident(self.incident).href()} data-testid="receipt-incident">
                        { t!(words, RECEIPT_OPEN_INCIDENT) }
                    </a>
                </div>
            },
            ..Page::default()
        };
        let content = draw_load(words, &self.view, |IncidentView { row, .. }| {
            let number = row.human_no.as_deref().map(|number| number_words(words, number));
            html! { <div data-testid="receipt">{ receipt_head(env, row.reported_at, &row.state, number) }</div> }
        });
        frame.draw(env, content)
    }
}

impl ReportDone {
    fn household(&self) -> Option<contract::domain::HouseholdId> {
        self.view.ready()?.household.as_ref().map(|(id, _)| *id)
    }
}
