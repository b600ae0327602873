//! What the forms of an incident's steps offer to choose from, and which other incidents may be the same matter.

use contract::{LikeView, OrgOption, StepChoices};
use domain::deadline::Stage;
use domain::organisation::suggest_organisations;
use domain::workflow::{Outlook, StepOffer, TransitionKind, classify, latest_extension};
use domain::{Incident, Role};

use super::get_incident::Case;
use crate::store::StoreError;
use crate::store::departed_step::number_of;
use crate::store::incident_search::list_candidates;
use crate::store::record::read_record;
use crate::store::reference::{list_people, read_time_rules};

/// Most incidents that are said to be alike.
const LIKE_ROWS: usize = 5;

/// What the offered steps need.
pub(super) fn list_choices(
    case: &Case<'_>,
    outlook: &Outlook,
    offers: &[StepOffer],
) -> Result<StepChoices, StoreError> {
    use TransitionKind::{AskExtension, Dispatch, GrantExtension, Join, Transfer};
    let is_offered = |kinds: &[TransitionKind]| offers.iter().any(|offer| kinds.contains(&offer.kind));
    let mut choices = StepChoices::default();
    if is_offered(&[Dispatch, Transfer, Join]) {
        choices.orgs = list_organisations(case);
    }
    if is_offered(&[Dispatch, Transfer]) {
        choices.people = list_people(case.db)?;
        choices.people.retain(|person| choices.orgs.iter().any(|org| org.code == person.org));
    }
    if is_offered(&[Dispatch, Transfer, AskExtension, GrantExtension]) {
        let (rules, shown) = (read_time_rules(case.db, case.now)?, &outlook.shown);
        let class = shown.class.unwrap_or_else(|| classify(&case.incident, shown));
        let from = shown.begun_at.unwrap_or(case.now);
        let set = shown.limits.get(&Stage::Resolve).copied();
        choices.usual_due_at = set.or_else(|| rules.limit(class, Stage::Resolve, from)).map(|limit| limit.due_at);
        choices.latest_extension = latest_extension(&case.incident, shown, &rules, case.now);
    }
    Ok(choices)
}

/// The organisations it can be sent to, the suggested ones first; for a clerk the community's own.
fn list_organisations(case: &Case<'_>) -> Vec<OrgOption> {
    let category = &case.incident.category;
    let own = case.account.scope.org.as_ref().filter(|_| case.account.role == Role::CommunityClerk);
    let is_open = case.account.role != Role::CommunityClerk;
    suggest_organisations(&case.organisations, &case.incident.grid, category)
        .into_iter()
        .filter(|(code, _)| is_open || own == Some(*code))
        .map(|(code, organisation)| OrgOption {
            code: code.clone(),
            name: organisation.name.clone(),
            is_suggested: organisation.handles(category),
        })
        .collect()
}

/// Open incidents on this device that may be the same matter, the nearest in time first: for whoever may merge.
pub(super) fn find_like(case: &Case<'_>, offers: &[StepOffer]) -> Result<Vec<LikeView>, StoreError> {
    if !offers.iter().any(|offer| offer.kind == TransitionKind::Merge) {
        return Ok(Vec::new());
    }
    let mut like = Vec::new();
    for id in list_candidates(case.db, &case.incident)? {
        let Some(reading) = read_record::<Incident>(case.db, id.into())? else { continue };
        let other = reading.record;
        if case.incident.is_like(&other) {
            like.push(LikeView {
                id,
                number: number_of(&other),
                title: other.title.clone(),
                category: other.category.clone(),
                reporter: case.person(other.by)?,
                reported_at: other.reported_at,
            });
        }
        if like.len() == LIKE_ROWS {
            break;
        }
    }
    Ok(like)
}
