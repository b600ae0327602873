//! 上报: choose a category and submit; text and place if there is time. Two taps for a category, one to submit.
//!
//! In danger the telephone comes first: an app that may be offline is no alarm. So the banner stands as soon as what
//! was chosen runs on the urgent clock, before the rest of the form. Where the phone is goes along only after a tap,
//! with this report alone. Photos come with a later version and are not shown as a control that does nothing.

mod booking;
mod grid;
mod receipt;
mod view;

#[cfg(test)]
mod tests;

use contract::domain::category::{Category, find_category, find_group};
use contract::domain::codes::{BookingKind, Priority};
use contract::domain::id::DraftId;
use contract::domain::incident::Point;
use contract::domain::workflow::may_book;
use contract::domain::{HouseholdId, UnixMillis};
use contract::{
    CommandError, IncidentForm, IncidentFormView, IncidentReceipt, ListServices, OpenIncidentForm, RestoreDrafts,
    SaveIncidentForm, ServiceList, ServiceView, SubmitIncident, Topic,
};
use yew::prelude::*;

use crate::browser::PlaceError;
use crate::route::Route;
use crate::state::{DraftMsg, Effect, Env, FormDraft, Load, Screen, Turn, Undo};

pub(crate) use booking::BookingEdit;
#[cfg(test)]
pub(crate) use receipt::DoneMsg;
pub(crate) use receipt::ReportDone;

/// The category of what the health desk takes in: 健康申报及诉求.
pub(crate) const HEALTH_REQUEST: &str = "08001";

/// The form of a report.
pub(crate) struct Report {
    arg: ReportArg,
    view: Load<IncidentFormView>,
    form: IncidentForm,
    draft: FormDraft,
    phase: Phase,
    shows_all: bool,
    /// Services that offer the kind of appointment that is chosen.
    offers: Vec<ServiceView>,
    finding: Finding,
    /// What a tap took out of the form last.
    undo: Option<Undo<IncidentForm, Taken>>,
    /// The draft that was thrown away, with its form as long as no other one can be undone.
    thrown: Option<(DraftId, IncidentForm)>,
    /// When the page was opened.
    now: UnixMillis,
}

/// What a tap took out of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// The appointment, with its place.
    Booking,
    /// A place that was written by hand, for that of a service.
    BookingPlace,
    /// All of it: this draft was thrown away.
    Draft(DraftId),
}

/// Where the form was opened from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ReportArg {
    /// The household it is about.
    pub(crate) household: Option<HouseholdId>,
    /// A draft begun before.
    pub(crate) draft: Option<DraftId>,
    /// What to begin with: the health desk's request, a suggestion.
    pub(crate) category: Option<String>,
}

/// How far the report is.
#[derive(Debug, Clone, PartialEq)]
enum Phase {
    Typing,
    Incomplete(Lack),
    Submitting,
    Failed(CommandError),
}

/// What is missing before submitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    /// No category yet.
    Category,
    /// Settled on the spot, but not said how.
    Handled,
    /// An appointment nowhere.
    BookingPlace,
    /// An appointment at a time that is over.
    BookingDay,
}

impl Lack {
    /// The id of the field that it is about.
    const fn field(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Handled => "handled-text",
            Self::BookingPlace => "booking-place",
            Self::BookingDay => "booking-day",
        }
    }
}

/// How far asking for the phone's place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    Idle,
    Asking,
    Failed(PlaceError),
}

/// A change that was typed.
pub(crate) enum Edit {
    /// A class (two digits) or a category (five).
    Category(String),
    /// How pressing it is.
    Priority(Priority),
    /// What happened.
    Text(String),
    /// In which grid.
    Grid(String),
    /// Where.
    Place(String),
    /// Settled on the spot, or not.
    SelfHandled,
    /// What was done.
    HandledText(String),
    /// The appointment.
    Booking(BookingEdit),
    /// Leave the phone's place out after all.
    DropPoint,
}

/// What can happen on the page.
pub(crate) enum Msg {
    /// The form was opened.
    Opened(Result<Box<IncidentFormView>, CommandError>),
    /// Something was typed.
    Edit(Edit),
    /// All 22 classes, or the usual ones.
    ShowAll,
    /// Something happened to the draft.
    Draft(DraftMsg),
    /// Services for this kind of appointment were read.
    Offered(BookingKind, Result<ServiceList, CommandError>),
    /// Add where the phone is.
    Locate,
    /// Where it is, or why that is not known.
    Located(Result<Point, PlaceError>),
    /// Submit.
    Submit,
    /// The incident was saved, or not.
    Submitted(Result<IncidentReceipt, CommandError>),
    /// Bring back what a tap took.
    Undo,
    /// The draft that was thrown away is back, or not.
    Restored(DraftId, Result<(), CommandError>),
}

impl From<DraftMsg> for Msg {
    fn from(msg: DraftMsg) -> Self {
        Self::Draft(msg)
    }
}

impl Screen for Report {
    type Arg = ReportArg;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[];

    fn open(arg: &ReportArg, env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let page = Self::blank(arg.clone(), env.now);
        let effects = vec![page.ask_form()];
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Opened(Ok(view)) => {
                self.form = view.form.clone();
                if let Some((draft, thrown)) = self.thrown.take().filter(|_| !view.is_resumed) {
                    self.undo = Some(Undo::new(thrown, self.form.clone(), Taken::Draft(draft)));
                }
                self.draft = FormDraft::open(view.draft, view.is_resumed);
                self.shows_all = !self.form.category.is_empty() && !grid::is_usual(&self.form.category);
                self.view = Load::Ready(*view);
                return self.ask_offers();
            }
            Msg::Opened(Err(error)) => self.view = Load::Failed(error),
            // What is typed after the tap would go with nothing.
            Msg::Edit(_) if self.phase == Phase::Submitting => {}
            Msg::Edit(edit) => return self.take_edit(edit),
            Msg::Undo => return self.put_back(),
            Msg::ShowAll => self.shows_all = !self.shows_all,
            Msg::Draft(msg) => {
                let form = &self.form;
                match self.draft.take(msg, |draft| SaveIncidentForm { draft, form: form.clone() }) {
                    Turn::Goes(effects) => return effects,
                    Turn::Discarded(draft) => {
                        let thrown = (draft, std::mem::take(&mut self.form));
                        let effects = self.begin_again();
                        self.thrown = Some(thrown);
                        return effects;
                    }
                    Turn::Failed(error) => self.phase = Phase::Failed(error),
                }
            }
            Msg::Offered(kind, Ok(list)) if self.booking_kind() == Some(kind) => self.offers = list.rows,
            // Without suggestions the place is written by hand.
            Msg::Offered(..) => {}
            Msg::Locate if self.finding == Finding::Asking => {}
            Msg::Locate => {
                self.finding = Finding::Asking;
                return vec![Effect::Locate(Box::new(Msg::Located))];
            }
            Msg::Located(Ok(point)) => {
                self.finding = Finding::Idle;
                self.form.point = Some(point);
                return vec![self.draft.touch()];
            }
            Msg::Located(Err(error)) => self.finding = Finding::Failed(error),
            Msg::Submit => return self.submit(),
            Msg::Submitted(Ok(receipt)) => {
                return vec![Effect::Replace(Route::ReportDone(receipt.incident))];
            }
            Msg::Submitted(Err(error)) => {
                self.draft.reopen();
                let effect = match error.field.as_deref().and_then(view::find_field) {
                    Some(field) => Effect::FocusField(field.into()),
                    None => Effect::Focus("problems"),
                };
                self.phase = Phase::Failed(error);
                return vec![effect];
            }
            Msg::Restored(draft, Ok(())) => return self.go_back_to(draft),
            Msg::Restored(_, Err(error)) => self.phase = Phase::Failed(error),
        }
        Vec::new()
    }

    fn pause(&mut self) -> Vec<Effect<Msg>> {
        let form = &self.form;
        self.draft.pause(|draft| SaveIncidentForm { draft, form: form.clone() })
    }

    fn is_settled(&self) -> bool {
        self.draft.is_settled()
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        view::draw(self, env, on)
    }
}

impl Report {
    fn blank(arg: ReportArg, now: UnixMillis) -> Self {
        Self {
            arg,
            view: Load::Waiting,
            form: IncidentForm::default(),
            draft: FormDraft::default(),
            phase: Phase::Typing,
            shows_all: false,
            offers: Vec::new(),
            finding: Finding::Idle,
            undo: None,
            thrown: None,
            now,
        }
    }

    fn ask_form(&self) -> Effect<Msg> {
        let ReportArg { household, draft, category } = self.arg.clone();
        let request = OpenIncidentForm { household, draft, category };
        Effect::ask(&request, |result| Msg::Opened(result.map(Box::new)))
    }

    /// An empty form in place of the one that is thrown away.
    fn begin_again(&mut self) -> Vec<Effect<Msg>> {
        *self = Self::blank(ReportArg { draft: None, ..self.arg.clone() }, self.now);
        vec![self.ask_form(), Effect::Focus(crate::browser::TITLE_ID)]
    }

    fn take_edit(&mut self, edit: Edit) -> Vec<Effect<Msg>> {
        if self.view.ready().is_none() {
            return Vec::new();
        }
        let before = self.booking_kind();
        let taken = match &edit {
            Edit::Booking(BookingEdit::Toggle) => Some(Taken::Booking),
            Edit::Booking(BookingEdit::Service(_)) => Some(Taken::BookingPlace),
            _ => None,
        };
        let old = taken.map(|_| self.form.clone());
        let is_group = matches!(&edit, Edit::Category(code) if find_group(code).is_some());
        let form = &mut self.form;
        match edit {
            Edit::Category(code) => form.category = code,
            Edit::Priority(priority) => form.priority = Some(priority),
            Edit::Text(text) => form.text = text,
            Edit::Grid(code) => form.grid = code.parse().ok(),
            Edit::Place(text) => form.address_text = text,
            Edit::SelfHandled => form.is_self_handled = !form.is_self_handled,
            Edit::HandledText(text) => form.handled_text = text,
            Edit::Booking(edit) => booking::apply(form, edit, self.now.local_date()),
            Edit::DropPoint => form.point = None,
        }
        if let (Some(taken), Some(old)) = (taken, old)
            && booking::loses_place(&old, &self.form)
        {
            self.undo = Some(Undo::new(old, self.form.clone(), taken));
        }
        self.phase = Phase::Typing;
        let mut effects = vec![self.draft.touch()];
        if self.booking_kind() != before {
            effects.extend(self.ask_offers());
        }
        if is_group {
            effects.push(Effect::Reveal("categories"));
        }
        effects
    }

    fn put_back(&mut self) -> Vec<Effect<Msg>> {
        if self.phase == Phase::Submitting {
            return Vec::new();
        }
        if let Some(Taken::Draft(draft)) = self.undo.as_ref().map(Undo::what) {
            let request = RestoreDrafts { drafts: vec![draft] };
            return vec![Effect::ask(&request, move |result| Msg::Restored(draft, result))];
        }
        let mut effects = self.merge_undone();
        effects.push(self.draft.touch());
        effects
    }

    /// The draft that was thrown away is back, and the page goes on with it.
    fn go_back_to(&mut self, draft: DraftId) -> Vec<Effect<Msg>> {
        let blank = self.view.ready().map(|view| view.form.clone()).unwrap_or_default();
        let mut effects = self.merge_undone();
        effects.extend(self.draft.go_back_to(draft, |draft| SaveIncidentForm { draft, form: blank }));
        effects
    }

    /// Puts what a tap took back into the form as it is now.
    fn merge_undone(&mut self) -> Vec<Effect<Msg>> {
        let Some(undo) = self.undo.take() else { return Vec::new() };
        self.form = undo.put_back(&self.form);
        self.shows_all |= !self.form.category.is_empty() && !grid::is_usual(&self.form.category);
        self.phase = Phase::Typing;
        self.ask_offers()
    }

    fn booking_kind(&self) -> Option<BookingKind> {
        self.form.booking.as_ref().map(|booking| booking.kind)
    }

    /// Whom the directory offers for the appointment that is asked for.
    fn ask_offers(&mut self) -> Vec<Effect<Msg>> {
        self.offers.clear();
        let ask = |kind| {
            let request = ListServices { booking: Some(kind), ..ListServices::default() };
            Effect::ask(&request, move |result| Msg::Offered(kind, result))
        };
        self.booking_kind().map(ask).into_iter().collect()
    }

    fn submit(&mut self) -> Vec<Effect<Msg>> {
        let Some(draft) = self.draft.id().filter(|_| self.phase != Phase::Submitting) else { return Vec::new() };
        if let Some(lack) = self.find_lack() {
            self.phase = Phase::Incomplete(lack);
            return vec![Effect::FocusField(lack.field().to_owned())];
        }
        let mut form = self.form.clone();
        form.booking = form.booking.filter(|_| self.may_book());
        self.phase = Phase::Submitting;
        self.draft.close();
        vec![Effect::ask(&SubmitIncident { draft, form }, Msg::Submitted)]
    }

    /// What is missing.
    fn find_lack(&self) -> Option<Lack> {
        let form = &self.form;
        if form.category.is_empty() {
            return Some(Lack::Category);
        }
        if form.is_self_handled && form.handled_text.trim().is_empty() {
            return Some(Lack::Handled);
        }
        let booking = form.booking.as_ref().filter(|_| self.may_book())?;
        if booking.place.trim().is_empty() {
            return Some(Lack::BookingPlace);
        }
        (booking.at <= self.now).then_some(Lack::BookingDay)
    }

    /// The category that was chosen, if it is one of level 2.
    fn category(&self) -> Option<&'static Category> {
        find_category(&self.form.category)
    }

    /// Whether an appointment can be asked for; a matter that is settled needs none.
    fn may_book(&self) -> bool {
        may_book(&self.form.category) && !self.form.is_self_handled
    }

    /// How pressing it is: as was said, else as the category is by itself.
    fn priority(&self) -> Priority {
        let usual = if self.is_urgent_kind() { Priority::Urgent } else { Priority::Normal };
        self.form.priority.unwrap_or(usual)
    }

    fn is_urgent_kind(&self) -> bool {
        let first = || find_group(&self.form.category).and_then(|group| group.categories.first());
        self.category().or_else(first).is_some_and(Category::is_urgent)
    }

    /// Whether the telephone comes first: what would be submitted now runs on the urgent clock. A class alone is
    /// submitted as its first category.
    fn is_urgent(&self) -> bool {
        self.is_urgent_kind() || matches!(self.form.priority, Some(Priority::Urgent | Priority::Major))
    }
}
