//! `submit_incident`: makes the incident; the draft is gone.

use contract::{BookingForm, CommandError, DraftKind, ErrorCode, IncidentForm, IncidentReceipt, SubmitIncident, Topic};
use domain::category::{find_category, find_group};
use domain::codes::{Priority, Source};
use domain::id::TransitionId;
use domain::incident::{SelfHandled, TEXT_LIMIT};
use domain::rights::{Act, RecordRef, may};
use domain::workflow::{Booking, Payload, Transition, TransitionKind, may_book};
use domain::{Account, BuildingCode, GridCode, HouseholdId, Incident, IncidentId, Role, UnixMillis};

use super::UseCase;
use super::begun_drafts::find_begun;
use super::check::{check_length, check_required};
use super::get_household::require_card;
use super::household_edits::refuse_unknown;
use super::incident_steps::check_booking;
use super::units::list_report_grids;
use crate::companion::Companion;
use crate::error::{Failure, refuse_breaches};
use crate::store::closed_draft::close_draft;
use crate::store::record::create_record;

/// Most characters of an address in words.
pub(super) const ADDRESS_LIMIT: usize = 200;
/// Most characters of what was done on the spot.
const HANDLED_LIMIT: usize = 500;

impl UseCase for SubmitIncident {
    fn run(self, companion: &mut Companion) -> Result<IncidentReceipt, Failure> {
        let account = companion.require_account()?;
        let draft = find_begun(companion, &account, (self.draft, DraftKind::Incident), self.form.household)?;
        let form = self.form;
        let category = check_form(&form, account.role, companion.now())?;
        let (grid, building) = find_unit(companion, &account, form.household.or(draft.household), form.grid.as_ref())?;
        let author = companion.author(&account)?;
        let mut incident = Incident {
            id: IncidentId::new(author.at, companion.surroundings.id_bytes()),
            category,
            priority: form.priority,
            title: String::new(),
            text: form.text.trim().to_owned(),
            happened_at: draft.started_at.min(author.at),
            reported_at: author.at,
            source: source_of(account.role),
            grid,
            building,
            household: form.household.or(draft.household),
            visit: None,
            address_text: form.address_text.trim().to_owned(),
            by: account.id,
            role: account.role,
            self_handled: form
                .is_self_handled
                .then(|| SelfHandled { before: String::new(), after: form.handled_text.trim().to_owned() }),
            point: form.point,
            human_no: None,
            transitions: [].into(),
            decisions: [].into(),
            notes: [].into(),
        };
        let first = TransitionId::new(author.at, companion.surroundings.id_bytes());
        let at_device = companion.device_now();
        add_first_transition(&mut incident, (first, at_device), &account);
        if let Some(booking) = form.booking {
            let id = TransitionId::new(author.at.plus_ms(1), companion.surroundings.id_bytes());
            add_booking(&mut incident, (id, at_device.plus_ms(1)), &account, booking);
        }
        if !may(&account, Act::Create, &RecordRef::from(&incident)) {
            return Err(ErrorCode::NotAllowed.into());
        }
        refuse_breaches(None, &incident)?;
        let closed_at = companion.device_now();
        companion.store.write::<_, Failure>(|writing| {
            create_record(writing, &incident, &author)?;
            close_draft(writing, self.draft, closed_at)?;
            Ok(())
        })?;
        companion.begun_drafts.forget(&[self.draft]);
        companion.mark_changed([Topic::Incidents, Topic::Outbox]);
        Ok(IncidentReceipt { incident: incident.id, at: author.at })
    }
}

/// What the reporter did first: reported it, or settled it. A step keeps what the device's own clock said.
pub(super) fn add_first_transition(
    incident: &mut Incident,
    (id, at_device): (TransitionId, UnixMillis),
    account: &Account,
) {
    let kind = if incident.self_handled.is_some() { TransitionKind::SelfHandle } else { TransitionKind::Submit };
    let step = make_step(account, kind, at_device, Payload::default());
    incident.transitions.insert(id, step);
}

/// The appointment asked for along with the report: a moment after it, so that the two are never taken the other way
/// round.
fn add_booking(incident: &mut Incident, (id, at): (TransitionId, UnixMillis), account: &Account, form: BookingForm) {
    let place = form.place.trim().to_owned();
    let booking = Booking { kind: form.kind, place, at: form.at, service: form.service };
    let payload = Payload { booking: Some(booking), ..Payload::default() };
    let step = make_step(account, TransitionKind::Book, at, payload);
    incident.transitions.insert(id, step);
}

fn make_step(account: &Account, kind: TransitionKind, at_device: UnixMillis, payload: Payload) -> Transition {
    Transition {
        kind,
        by: account.id,
        role: account.role,
        org: account.scope.org.clone(),
        at_device,
        round: 0,
        payload,
    }
}

/// Where a report of this role comes from.
const fn source_of(role: Role) -> Source {
    match role {
        Role::GridWorker => Source::Patrol,
        Role::BuildingLead => Source::BuildingLead,
        Role::Dispatcher
        | Role::Office
        | Role::CommunityClerk
        | Role::Handler
        | Role::Supervisor
        | Role::System
        | Role::Unknown => Source::Other,
    }
}

/// Checks the form and answers its category.
fn check_form(form: &IncidentForm, role: Role, now: UnixMillis) -> Result<String, CommandError> {
    let invalid = || CommandError::new(ErrorCode::FieldInvalid).in_field("category");
    let category = match form.category.trim() {
        "" => return Err(CommandError::new(ErrorCode::FieldMissing).in_field("category")),
        group if group.len() == 2 => {
            find_group(group).and_then(|group| group.categories.first()).ok_or_else(invalid)?.code
        }
        code => find_category(code).ok_or_else(invalid)?.code,
    };
    if let Some(priority) = form.priority {
        refuse_unknown("priority", priority, Priority::Unknown)?;
    }
    check_length("text", &form.text, TEXT_LIMIT)?;
    check_length("address_text", &form.address_text, ADDRESS_LIMIT)?;
    if form.is_self_handled {
        if role != Role::GridWorker {
            return Err(CommandError::new(ErrorCode::NotAllowed).in_field("is_self_handled"));
        }
        check_required("handled_text", &form.handled_text, HANDLED_LIMIT)?;
    }
    if let Some(booking) = &form.booking {
        // What is settled needs no appointment.
        if form.is_self_handled || !may_book(category) {
            return Err(CommandError::new(ErrorCode::FieldInvalid).in_field("booking"));
        }
        check_booking("booking", booking.kind, &booking.place, booking.at, now)?;
    }
    Ok(category.to_owned())
}

/// Where the incident belongs: the household's building, else the account's own grid.
fn find_unit(
    companion: &Companion,
    account: &Account,
    household: Option<HouseholdId>,
    chosen: Option<&GridCode>,
) -> Result<(GridCode, Option<BuildingCode>), Failure> {
    if let Some(household) = household {
        let card = require_card(companion, household)?;
        return Ok((card.building.grid(), Some(card.building)));
    }
    let grids = list_report_grids(companion.store.read(), account)?;
    let grid = match chosen {
        Some(chosen) if grids.contains(chosen) => chosen.clone(),
        Some(_) => return Err(CommandError::new(ErrorCode::FieldInvalid).in_field("grid").into()),
        None => grids.into_iter().next().ok_or(Failure::from(ErrorCode::NotAllowed))?,
    };
    Ok((grid, None))
}
