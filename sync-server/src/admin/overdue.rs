//! What the server found overdue, without any device's help.

use domain::deadline::{Limit, Stage};
use domain::workflow::Standing;
use domain::{GridCode, Incident, IncidentId, OrgCode};
use serde::Serialize;

use super::export::gather_incidents;
use crate::store::{Answer, Store};

/// An open incident of which the server found a limit passed.
#[derive(Debug, Clone, Serialize)]
pub struct OverdueIncident {
    /// The incident.
    pub id: IncidentId,
    /// The number that the server gave it.
    pub human_no: Option<String>,
    /// Its grid.
    pub grid: GridCode,
    /// Category code.
    pub category: String,
    /// Code of its state.
    pub state: &'static str,
    /// The organisation that handles it.
    pub org: Option<OrgCode>,
    /// The limits that have passed.
    pub passed: Vec<(Stage, Limit)>,
}

/// Open incidents with a passed limit, the longest overdue first.
///
/// # Errors
/// When the store fails.
pub async fn list_overdue<S: Store>(store: &S) -> Answer<Vec<OverdueIncident>> {
    let mut overdue = gather_incidents(store, describe_overdue).await?;
    overdue.sort_by_key(|incident| (incident.passed.iter().map(|(_, limit)| limit.due_at).min(), incident.id));
    Ok(overdue)
}

fn describe_overdue(incident: Incident) -> Option<OverdueIncident> {
    let standing = Standing::of(&incident);
    let passed: Vec<_> = standing.running_limits().filter(|(stage, _)| standing.overdue.contains(stage)).collect();
    (!passed.is_empty()).then(|| OverdueIncident {
        id: incident.id,
        human_no: incident.human_no,
        grid: incident.grid,
        category: incident.category,
        state: standing.state_code(),
        org: standing.assigned.map(|assigned| assigned.org),
        passed,
    })
}
