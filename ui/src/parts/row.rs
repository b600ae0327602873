//! Rows of lists: a household, a visit.

use contract::domain::codes::{CodeList as _, VisitClass};
use contract::{HouseholdRow, MatchedMember, RecordState, VisitRow};
use yew::prelude::*;

use super::{conflict_badge, due_label, icon, icon_small, record_state};
use crate::i18n::t;
use crate::route::Route;
use crate::state::Env;

/// The mark of a visit class.
pub(crate) fn class_mark(env: &Env, class: VisitClass) -> Html {
    let label = t!(env.words, CLASS_LABEL, class = class.code(), name = env.words.name(class));
    html! {
        <span class={classes!("gc-class", (class == VisitClass::A).then_some("gc-class_a"))} role="img" aria-label={label}>
            { class.code() }
        </span>
    }
}

/// Door and whom to ask for: `1栋1单元402　王秀兰`.
fn household_title(row: &HouseholdRow) -> String {
    let door = row.place.door();
    if row.contact_name.is_empty() { door } else { format!("{door}　{}", row.contact_name) }
}

/// Where several compounds are looked after, the compound; use of the dwelling, last visit or last attempt.
pub(crate) fn household_meta(env: &Env, row: &HouseholdRow) -> String {
    let words = env.words;
    let status = row.house_status.map(|status| words.name(status).to_owned()).unwrap_or_default();
    let last = match (&row.last_attempt, &row.last_visit) {
        (Some(attempt), _) => t!(
            words,
            ROW_ATTEMPT,
            day = words.moment_day(attempt.at, env.today),
            outcome = words.name(attempt.outcome),
            count = row.attempts,
        ),
        (None, Some(visit)) => {
            let day = words.moment_day(visit.at, env.today);
            t!(words, ROW_LAST_VISIT, day = day, outcome = words.name(visit.outcome))
        }
        (None, None) => t!(words, ROW_NEVER_VISITED),
    };
    let compound = if row.shows_compound { row.place.compound.clone() } else { String::new() };
    words.join([compound, status, last])
}

/// The door with its compound where several are looked after, and whom to ask for: what stands under a title.
pub(crate) fn household_full_title(row: &HouseholdRow) -> String {
    let title = household_title(row);
    if row.shows_compound { format!("{} {title}", row.place.compound) } else { title }
}

/// Whether the row has a third line.
pub(crate) fn has_tags(row: &HouseholdRow) -> bool {
    row.open_needs > 0 || row.has_conflict || row.matched.is_some() || row.state != RecordState::Confirmed
}

/// What a household's row shows; the caller gives the list item around it.
pub(crate) fn household_row(env: &Env, row: &HouseholdRow) -> Html {
    let words = env.words;
    html! {
        <a
            class="weui-cell weui-cell_access gc-row"
            href={Route::Household(row.id).href()}
            data-testid="household-row"
        >
            <div class="weui-cell__hd">{ class_mark(env, row.class) }</div>
            <div class="weui-cell__bd">
                <div class="gc-row__top">
                    <p class="gc-row__title">{ household_title(row) }</p>
                    { due_label(env, row.due) }
                </div>
                <p class="gc-row__meta">{ household_meta(env, row) }</p>
                if has_tags(row) {
                    <p class="gc-row__tags">
                        { for row.matched.as_ref().map(|matched| matched_member(env, matched)) }
                        if row.open_needs > 0 {
                            <span class="gc-tag">{ t!(words, ROW_NEEDS, count = row.open_needs) }</span>
                        }
                        if row.has_conflict {
                            { conflict_badge(words) }
                        }
                        if row.state != RecordState::Confirmed {
                            { record_state(words, &row.state) }
                        }
                    </p>
                }
            </div>
            <div class="weui-cell__ft"></div>
        </a>
    }
}

/// Which member a search found the household by.
fn matched_member(env: &Env, matched: &MatchedMember) -> Html {
    let words = env.words;
    let text = match matched.relation {
        Some(relation) => t!(words, ROW_MATCHED_RELATION, name = &matched.name, relation = words.name(relation)),
        None => t!(words, ROW_MATCHED, name = &matched.name),
    };
    html! { <span class="gc-tag gc-tag_match">{ icon_small("users") }{ text }</span> }
}

/// Who visited, what came of it.
pub(crate) fn visit_summary(env: &Env, row: &VisitRow) -> String {
    let words = env.words;
    let who = match &row.by {
        Some(name) => t!(words, PERSON_IN_ROLE, name = name, role = words.name(row.role)),
        None => words.name(row.role).to_owned(),
    };
    let incidents = match row.incidents {
        0 => String::new(),
        count => t!(words, VISIT_MADE_INCIDENTS, count = count),
    };
    let improvements = match row.improvements {
        0 => String::new(),
        count => t!(words, VISIT_MADE_CHANGES, count = count),
    };
    words.join([who, row.summary.clone(), incidents, improvements])
}

/// A line that leads somewhere, with what stands at its end.
pub(crate) fn access_cell(
    route: Route,
    testid: &'static str,
    symbol: &'static str,
    label: String,
    trailing: Html,
) -> Html {
    html! {
        <a class="weui-cell weui-cell_access" href={route.href()} data-testid={testid}>
            <div class="weui-cell__hd gc-icell">{ icon(symbol) }</div>
            <div class="weui-cell__bd">{ label }</div>
            <div class="weui-cell__ft">{ trailing }</div>
        </a>
    }
}
