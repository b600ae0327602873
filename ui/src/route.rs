//! Where in the app one is. Every page has an address of its own after the `#`, so the back button, a reload and a
//! deep link (`#/household/<id>`) all work.

use std::fmt;

use contract::Queue;
use contract::domain::id::DraftId;
use contract::domain::{HouseholdId, IncidentId, VisitId};

use crate::i18n::code_of;

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Route {
    /// 今日
    #[default]
    Today,
    /// 住户
    Households,
    /// 住户, only those with a conflict card.
    Conflicts,
    /// One household's file.
    Household(HouseholdId),
    /// The form of a visit.
    Visit(HouseholdId),
    /// The form of a visit begun before.
    VisitDraft(HouseholdId, DraftId),
    /// What a visit has made, after it was submitted.
    VisitDone(VisitId),
    /// All visits of a household.
    Visits(HouseholdId),
    /// One visit.
    VisitDetail(VisitId),
    /// 上报, if from a household with its door filled in.
    Report(Option<HouseholdId>),
    /// A report of this category, if from a household with its door filled in.
    ReportAs(String, Option<HouseholdId>),
    /// A report begun before.
    ReportDraft(DraftId),
    /// What a report has made, after it was submitted.
    ReportDone(IncidentId),
    /// A form begun before that cannot go on, to read.
    KeptDraft(DraftId),
    /// 任务
    Tasks,
    /// 任务, one queue of it.
    Queue(Queue),
    /// One incident.
    Incident(IncidentId),
    /// 我的
    Me,
    /// What is not sent yet, record by record.
    Sync,
    /// 便民服务
    Services,
    /// One service.
    Service(String),
    /// 健康服务一键通
    HealthDesk,
    /// 通知
    Notices,
    /// One notice.
    Notice(String),
    /// About this app.
    About,
    /// Binding again a phone that has lost its right, or that its server does not know any more.
    Enrol,
}

impl Route {
    /// Reads what stands after the `#`; anything unknown is the home page.
    pub(crate) fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches(['#', '/']);
        let mut parts = path.split('/');
        let first = parts.next().unwrap_or_default();
        let id = parts.next();
        let parsed = match (first, id) {
            ("households", None) => Some(Self::Households),
            ("households", Some("conflicts")) => Some(Self::Conflicts),
            ("household", Some(id)) => id.parse().ok().map(Self::Household),
            ("visit", Some(id)) => match (id.parse().ok(), parts.next()) {
                (Some(id), None) => Some(Self::Visit(id)),
                (Some(id), Some(draft)) => draft.parse().ok().map(|draft| Self::VisitDraft(id, draft)),
                (None, _) => None,
            },
            ("visit-done", Some(id)) => id.parse().ok().map(Self::VisitDone),
            ("visits", Some(id)) => id.parse().ok().map(Self::Visits),
            ("visited", Some(id)) => id.parse().ok().map(Self::VisitDetail),
            ("report", None) => Some(Self::Report(None)),
            ("report", Some(id)) => id.parse().ok().map(|id| Self::Report(Some(id))),
            ("report-as", Some(code)) => match parts.next() {
                None => Some(Self::ReportAs(code.to_owned(), None)),
                Some(id) => id.parse().ok().map(|id| Self::ReportAs(code.to_owned(), Some(id))),
            },
            ("draft", Some(id)) => id.parse().ok().map(Self::ReportDraft),
            ("report-done", Some(id)) => id.parse().ok().map(Self::ReportDone),
            ("kept", Some(id)) => id.parse().ok().map(Self::KeptDraft),
            ("tasks", None) => Some(Self::Tasks),
            ("tasks", Some(code)) => find_queue(code).map(Self::Queue),
            ("incident", Some(id)) => id.parse().ok().map(Self::Incident),
            ("me", None) => Some(Self::Me),
            ("sync", None) => Some(Self::Sync),
            ("services", None) => Some(Self::Services),
            ("service", Some(id)) => Some(Self::Service(id.to_owned())),
            ("health", None) => Some(Self::HealthDesk),
            ("notices", None) => Some(Self::Notices),
            ("notice", Some(id)) => Some(Self::Notice(id.to_owned())),
            ("about", None) => Some(Self::About),
            ("enrol", None) => Some(Self::Enrol),
            _ => None,
        };
        parsed.unwrap_or_default()
    }

    /// The address for a link.
    pub(crate) fn href(&self) -> String {
        self.to_string()
    }

    /// Which tab is lit; none on pages that cover the tab bar.
    pub(crate) const fn tab(&self) -> Option<Tab> {
        match self {
            Self::Today => Some(Tab::Today),
            Self::Households | Self::Conflicts => Some(Tab::Households),
            Self::Report(None) => Some(Tab::Report),
            Self::Tasks | Self::Queue(_) => Some(Tab::Tasks),
            Self::Me => Some(Tab::Me),
            _ => None,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Today => f.write_str("#/today"),
            Self::Households => f.write_str("#/households"),
            Self::Conflicts => f.write_str("#/households/conflicts"),
            Self::Household(id) => write!(f, "#/household/{id}"),
            Self::Visit(id) => write!(f, "#/visit/{id}"),
            Self::VisitDraft(id, draft) => write!(f, "#/visit/{id}/{draft}"),
            Self::VisitDone(id) => write!(f, "#/visit-done/{id}"),
            Self::Visits(id) => write!(f, "#/visits/{id}"),
            Self::VisitDetail(id) => write!(f, "#/visited/{id}"),
            Self::Report(None) => f.write_str("#/report"),
            Self::Report(Some(id)) => write!(f, "#/report/{id}"),
            Self::ReportAs(code, None) => write!(f, "#/report-as/{code}"),
            Self::ReportAs(code, Some(id)) => write!(f, "#/report-as/{code}/{id}"),
            Self::ReportDraft(id) => write!(f, "#/draft/{id}"),
            Self::ReportDone(id) => write!(f, "#/report-done/{id}"),
            Self::KeptDraft(id) => write!(f, "#/kept/{id}"),
            Self::Tasks => f.write_str("#/tasks"),
            Self::Queue(queue) => write!(f, "#/tasks/{}", code_of(queue)),
            Self::Incident(id) => write!(f, "#/incident/{id}"),
            Self::Me => f.write_str("#/me"),
            Self::Sync => f.write_str("#/sync"),
            Self::Services => f.write_str("#/services"),
            Self::Service(id) => write!(f, "#/service/{id}"),
            Self::HealthDesk => f.write_str("#/health"),
            Self::Notices => f.write_str("#/notices"),
            Self::Notice(id) => write!(f, "#/notice/{id}"),
            Self::About => f.write_str("#/about"),
            Self::Enrol => f.write_str("#/enrol"),
        }
    }
}

/// The queue with this code, as `code_of` writes it.
fn find_queue(code: &str) -> Option<Queue> {
    crate::ipc::read(&format!("\"{}\"", code.replace('-', "_"))).ok()
}

/// One tab of the bar at the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// 今日
    Today,
    /// 住户
    Households,
    /// 上报
    Report,
    /// 任务
    Tasks,
    /// 我的
    Me,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_leads_back_to_its_page() {
        let id = "0190a5b0-0000-7000-8000-000000000001";
        let routes = [
            Route::Today,
            Route::Households,
            Route::Conflicts,
            Route::Household(id.parse().expect("an id")),
            Route::Visit(id.parse().expect("an id")),
            Route::VisitDraft(id.parse().expect("an id"), id.parse().expect("an id")),
            Route::VisitDone(id.parse().expect("an id")),
            Route::Visits(id.parse().expect("an id")),
            Route::VisitDetail(id.parse().expect("an id")),
            Route::Report(None),
            Route::Report(Some(id.parse().expect("an id"))),
            Route::ReportAs("08001".into(), None),
            Route::ReportAs("08001".into(), Some(id.parse().expect("an id"))),
            Route::ReportDraft(id.parse().expect("an id")),
            Route::ReportDone(id.parse().expect("an id")),
            Route::KeptDraft(id.parse().expect("an id")),
            Route::Tasks,
            Route::Queue(Queue::ToDispatch),
            Route::Incident(id.parse().expect("an id")),
            Route::Me,
            Route::Sync,
            Route::Services,
            Route::Service("fire-119".into()),
            Route::HealthDesk,
            Route::Notices,
            Route::Notice("typhoon-2026".into()),
            Route::About,
            Route::Enrol,
        ];
        for route in routes {
            assert_eq!(Route::parse(&route.href()), route);
        }
    }

    #[test]
    fn a_broken_address_opens_the_home_page() {
        for hash in ["", "#", "#/", "#/household/17", "#/nowhere", "#/households/extra"] {
            assert_eq!(Route::parse(hash), Route::Today, "{hash}");
        }
    }
}
