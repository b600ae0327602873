//! One household, one file (一户一档): card, conflict cards, members, needs, visits, incidents.
//!
//! Every change is one edit, saved at once; the sheet for editing closes as saved only when the companion says so.
//! Closed otherwise, what was typed into it is put aside and can be gone on with, as long as the app runs.
//! Numbers stay masked until the worker asks; asking is logged, and they can be masked again. To correct a number one
//! has to see it. Entries that may be one person are shown as such; joining them removes neither. A page for somebody
//! who may not see particulars is
//! built without the row, not with an empty one.

mod sheet;
mod value;
mod view;

#[cfg(test)]
mod tests;

use contract::domain::codes::{CodeList as _, HouseStatus, NeedCode, NeedState, Relation, Residence};
use contract::domain::flat::Scalar;
use contract::domain::{HouseholdId, MemberId, MemberPair};
use contract::{
    AddMember, ChooseValue, CommandError, EditHousehold, GetHousehold, HouseholdEdit, HouseholdView, RevealParticulars,
    RevealedMember, Topic,
};
use yew::prelude::*;

use crate::state::{Effect, Env, Load, Screen};

pub(crate) use sheet::options_of;

/// One household's page.
pub(crate) struct Household {
    id: HouseholdId,
    view: Load<HouseholdView>,
    revealed: Option<Vec<RevealedMember>>,
    sheet: Sheet,
    /// Sheets that were closed with something typed and not saved, the newest last; one for each thing to edit.
    aside: Vec<Sheet>,
    /// The name is missing.
    is_nameless: bool,
    is_saving: bool,
    /// What is being saved is the sheet's.
    is_sheet_saving: bool,
    error: Option<CommandError>,
}

/// What is being edited.
#[derive(Debug, Clone, PartialEq, Default)]
enum Sheet {
    /// Nothing.
    #[default]
    Closed,
    /// The card.
    Card { contact_name: String, house_status: Option<HouseStatus>, note: String },
    /// Someone new.
    NewMember(AddMember),
    /// Someone who is there.
    Member {
        id: MemberId,
        name: String,
        relation: Option<Relation>,
        residence: Option<Residence>,
        /// None: there are numbers, and they are masked.
        numbers: Option<Numbers>,
    },
}

/// Someone's numbers while they are corrected.
#[derive(Debug, Clone, PartialEq, Default)]
struct Numbers {
    /// As they were.
    before: (Vec<String>, String),
    /// Phone numbers, the last for a new one.
    tels: Vec<String>,
    id_no: String,
}

impl Numbers {
    fn of(tels: &[String], id_no: &str) -> Self {
        let typed = tels.iter().cloned().chain([String::new()]).collect();
        Self { before: (tels.to_vec(), id_no.to_owned()), tels: typed, id_no: id_no.to_owned() }
    }

    /// What was corrected; none: nothing.
    fn edit(&self, id: MemberId) -> Option<HouseholdEdit> {
        let (tels, id_no) = &self.before;
        let typed: Vec<&str> = self.tels.iter().map(|tel| tel.trim()).filter(|tel| !tel.is_empty()).collect();
        let add_tels: Vec<String> =
            typed.iter().filter(|tel| tels.iter().all(|before| before != *tel)).map(|tel| (*tel).to_owned()).collect();
        let remove_tels: Vec<String> = tels.iter().filter(|tel| !typed.contains(&tel.as_str())).cloned().collect();
        let id_no = (self.id_no.trim() != id_no).then(|| self.id_no.trim().to_owned());
        let is_same = add_tels.is_empty() && remove_tels.is_empty() && id_no.is_none();
        (!is_same).then_some(HouseholdEdit::Numbers { id, add_tels, remove_tels, id_no })
    }
}

/// A field of the sheet.
pub(crate) enum Field {
    /// Whom to ask for.
    ContactName(String),
    /// How the dwelling is used, by code.
    HouseStatus(String),
    /// Remark.
    Note(String),
    /// A person's name.
    Name(String),
    /// Relation, by code; empty: not said.
    Relation(String),
    /// Whereabouts, by code; empty: not said.
    Residence(String),
    /// Phone number.
    Tel(String),
    /// Phone number at this place of somebody who is there.
    TelAt(usize, String),
    /// Identity number.
    IdNo(String),
}

/// What can happen on the page.
pub(crate) enum Msg {
    /// It was read, or an edit answered with what it became.
    Read(Result<Box<HouseholdView>, CommandError>),
    /// An edit was saved or not.
    Saved(Result<Box<HouseholdView>, CommandError>),
    /// This entry of a conflict, please.
    Choose(String, Scalar),
    /// Show the numbers.
    Reveal,
    /// Hide the numbers again.
    Mask,
    /// These two entries are one person, or they are two.
    Pair(MemberPair, bool),
    /// The numbers.
    Revealed(Result<Vec<RevealedMember>, CommandError>),
    /// Edit the card.
    EditCard,
    /// Somebody moved in.
    AddMember,
    /// Edit a person.
    EditMember(MemberId),
    /// A field of the sheet was typed in.
    Typed(Field),
    /// Save the sheet.
    Save,
    /// Close the sheet; what was typed is put aside.
    Close,
    /// Go on with what was put aside last.
    Resume,
    /// Let go of what was put aside last.
    LetGo,
    /// A need and its new state.
    Need(NeedCode, NeedState),
}

impl Screen for Household {
    type Arg = HouseholdId;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Households, Topic::Incidents, Topic::Outbox];

    fn open(id: &HouseholdId, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self {
            id: *id,
            view: Load::Waiting,
            revealed: None,
            sheet: Sheet::Closed,
            aside: Vec::new(),
            is_nameless: false,
            is_saving: false,
            is_sheet_saving: false,
            error: None,
        };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => self.view.take(result.map(|view| *view)),
            Msg::Saved(result) => {
                self.is_saving = false;
                let is_sheets = std::mem::take(&mut self.is_sheet_saving);
                match result {
                    Ok(view) => {
                        if is_sheets && matches!(self.sheet, Sheet::Member { .. }) {
                            // They may have been corrected; what is shown would be the former ones.
                            self.revealed = None;
                        }
                        self.view = Load::Ready(*view);
                        self.error = None;
                        return if is_sheets { self.close() } else { Vec::new() };
                    }
                    Err(error) => {
                        let field = find_field(&error);
                        self.error = Some(error);
                        return field.map(|id| Effect::FocusField(id.into())).into_iter().collect();
                    }
                }
            }
            Msg::Choose(field, value) => {
                let request = ChooseValue { household: self.id, field, value };
                return self.save(&request);
            }
            Msg::Reveal => {
                return vec![Effect::ask(&RevealParticulars { household: self.id }, Msg::Revealed)];
            }
            Msg::Revealed(Ok(members)) => {
                self.revealed = Some(members);
                return self.show_numbers();
            }
            Msg::Mask => {
                self.revealed = None;
                return vec![Effect::Focus("reveal")];
            }
            Msg::Pair(pair, is_same) => return self.edit(vec![HouseholdEdit::Pair { pair, is_same }]),
            Msg::Revealed(Err(error)) => self.error = Some(error),
            Msg::EditCard => return self.open_card(),
            Msg::AddMember => {
                let residence = Some(Residence::Present);
                return self.open_sheet(Sheet::NewMember(AddMember { residence, ..new_member() }), "member-name");
            }
            Msg::EditMember(id) => return self.open_member(id),
            Msg::Typed(field) => {
                self.is_nameless &= !matches!(field, Field::Name(_));
                self.sheet.type_in(field);
            }
            Msg::Save => return self.save_sheet(),
            // What is on its way is saved, or stays here with the reason.
            Msg::Close if self.is_sheet_saving => {}
            Msg::Close => {
                self.put_aside();
                return self.close();
            }
            Msg::Resume => {
                if let Some(sheet) = self.aside.pop() {
                    let first = sheet.first_field();
                    return self.open_sheet(sheet, first);
                }
            }
            Msg::LetGo => {
                self.aside.pop();
            }
            Msg::Need(code, state) => return self.edit(vec![HouseholdEdit::Need { code, state }]),
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&GetHousehold { id: self.id }, |result| Msg::Read(result.map(Box::new)))]
    }

    fn is_settled(&self) -> bool {
        self.aside.is_empty() && !self.has_unsaved()
    }

    fn sheets(&self) -> u32 {
        u32::from(self.sheet != Sheet::Closed)
    }

    fn close_sheet(&mut self) -> Vec<Effect<Msg>> {
        self.update(Msg::Close)
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        view::draw(self, env, on)
    }
}

impl Household {
    fn save<C: contract::Command<Reply = HouseholdView>>(&mut self, request: &C) -> Vec<Effect<Msg>> {
        if self.is_saving {
            return Vec::new();
        }
        self.is_saving = true;
        self.error = None;
        vec![Effect::ask(request, |result| Msg::Saved(result.map(Box::new)))]
    }

    fn edit(&mut self, edits: Vec<HouseholdEdit>) -> Vec<Effect<Msg>> {
        let request = EditHousehold { id: self.id, edits };
        self.save(&request)
    }

    /// Opens a sheet: as it was put aside, if it was.
    fn open_sheet(&mut self, sheet: Sheet, first: &'static str) -> Vec<Effect<Msg>> {
        let aside = self.aside.iter().position(|other| other.is_about_the_same(&sheet));
        self.sheet = aside.map_or(sheet, |index| self.aside.remove(index));
        self.error = None;
        self.is_nameless = false;
        vec![Effect::Focus(first)]
    }

    /// Whether something was typed into the sheet that is open.
    fn has_unsaved(&self) -> bool {
        self.view.ready().is_some_and(|view| self.sheet.is_changed(view))
    }

    fn put_aside(&mut self) {
        if self.has_unsaved() {
            self.aside.push(self.sheet.clone());
        }
    }

    fn open_card(&mut self) -> Vec<Effect<Msg>> {
        let Some(view) = self.view.ready() else { return Vec::new() };
        let card = Sheet::Card {
            contact_name: view.row.contact_name.clone(),
            house_status: view.row.house_status,
            note: view.note.clone(),
        };
        self.open_sheet(card, "contact-name")
    }

    fn open_member(&mut self, id: MemberId) -> Vec<Effect<Msg>> {
        let member = self.view.ready().and_then(|view| view.members.iter().find(|member| member.id == id));
        let Some(member) = member else { return Vec::new() };
        let has_numbers = member.tel_masked.is_some() || member.id_no_masked.is_some();
        let sheet = Sheet::Member {
            id,
            name: member.name.clone(),
            relation: member.relation,
            residence: member.residence,
            numbers: if has_numbers { self.find_numbers(id) } else { Some(Numbers::of(&[], "")) },
        };
        self.open_sheet(sheet, "member-name")
    }

    /// Someone's numbers, once they are shown.
    fn find_numbers(&self, id: MemberId) -> Option<Numbers> {
        let shown = self.revealed.as_ref()?.iter().find(|shown| shown.id == id)?;
        Some(Numbers::of(&shown.tels, &shown.id_no))
    }

    /// Numbers that were asked for from the sheet can be corrected in it.
    fn show_numbers(&mut self) -> Vec<Effect<Msg>> {
        let Sheet::Member { id, numbers: None, .. } = &self.sheet else { return Vec::new() };
        let found = self.find_numbers(*id);
        if let Sheet::Member { numbers, .. } = &mut self.sheet {
            *numbers = Some(found.unwrap_or_else(|| Numbers::of(&[], "")));
        }
        vec![Effect::Focus("member-tel")]
    }

    fn close(&mut self) -> Vec<Effect<Msg>> {
        if self.sheet == Sheet::Closed {
            return Vec::new();
        }
        self.sheet = Sheet::Closed;
        self.error = None;
        self.is_nameless = false;
        vec![Effect::Focus(crate::browser::OPENER_ID)]
    }

    fn save_sheet(&mut self) -> Vec<Effect<Msg>> {
        let Some(view) = self.view.ready() else { return Vec::new() };
        self.is_nameless = self.sheet.is_nameless();
        if self.is_nameless {
            return vec![Effect::FocusField("member-name".into())];
        }
        let edits = self.sheet.edits(view);
        if edits.is_empty() {
            return self.close();
        }
        self.is_sheet_saving |= !self.is_saving;
        self.edit(edits)
    }
}

/// The field of the sheet that an error is about.
fn find_field(error: &CommandError) -> Option<&'static str> {
    match error.field.as_deref()?.rsplit('.').next()? {
        "name" => Some("member-name"),
        "tel" => Some("member-tel"),
        "id_no" => Some("member-id-no"),
        "contact_name" => Some("contact-name"),
        "note" => Some("household-note"),
        _ => None,
    }
}

/// Someone of whom nothing is known yet.
pub(crate) fn new_member() -> AddMember {
    AddMember { name: String::new(), relation: None, residence: None, tel: String::new(), id_no: String::new() }
}

impl Sheet {
    /// Whether it edits the same as another sheet.
    fn is_about_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Card { .. }, Self::Card { .. }) | (Self::NewMember(_), Self::NewMember(_)) => true,
            (Self::Member { id, .. }, Self::Member { id: other, .. }) => id == other,
            _ => false,
        }
    }

    /// Whether closing it would lose something.
    fn is_changed(&self, view: &HouseholdView) -> bool {
        match self {
            Self::NewMember(AddMember { name, relation, residence: _, tel, id_no }) => {
                relation.is_some() || [name, tel, id_no].iter().any(|text| !text.trim().is_empty())
            }
            _ => !self.edits(view).is_empty(),
        }
    }

    /// Whether it is about a person without a name.
    fn is_nameless(&self) -> bool {
        match self {
            Self::NewMember(AddMember { name, .. }) | Self::Member { name, .. } => name.trim().is_empty(),
            Self::Closed | Self::Card { .. } => false,
        }
    }

    /// The field that takes the focus.
    const fn first_field(&self) -> &'static str {
        match self {
            Self::Card { .. } => "contact-name",
            Self::Closed | Self::NewMember(_) | Self::Member { .. } => "member-name",
        }
    }

    /// What it is about, as far as that is typed.
    fn name(&self) -> &str {
        match self {
            Self::NewMember(AddMember { name, .. }) | Self::Member { name, .. } => name.trim(),
            Self::Closed | Self::Card { .. } => "",
        }
    }

    fn type_in(&mut self, field: Field) {
        match (self, field) {
            (Self::Card { contact_name, .. }, Field::ContactName(text)) => *contact_name = text,
            (Self::Card { house_status, .. }, Field::HouseStatus(code)) => {
                *house_status = Some(code).filter(|code| !code.is_empty()).map(|code| HouseStatus::from_code(&code));
            }
            (Self::Card { note, .. }, Field::Note(text)) => *note = text,
            (Self::NewMember(AddMember { name, .. }) | Self::Member { name, .. }, Field::Name(text)) => *name = text,
            (Self::NewMember(AddMember { relation, .. }) | Self::Member { relation, .. }, Field::Relation(code)) => {
                *relation = Some(code).filter(|code| !code.is_empty()).map(|code| Relation::from_code(&code));
            }
            (Self::NewMember(AddMember { residence, .. }) | Self::Member { residence, .. }, Field::Residence(code)) => {
                *residence = Some(code).filter(|code| !code.is_empty()).map(|code| Residence::from_code(&code));
            }
            (Self::NewMember(member), Field::Tel(text)) => member.tel = text,
            (Self::NewMember(member), Field::IdNo(text)) => member.id_no = text,
            (Self::Member { numbers: Some(numbers), .. }, Field::TelAt(at, text)) => {
                if let Some(tel) = numbers.tels.get_mut(at) {
                    *tel = text;
                }
            }
            (Self::Member { numbers: Some(numbers), .. }, Field::IdNo(text)) => numbers.id_no = text,
            _ => {}
        }
    }

    /// What the sheet changes: only fields that differ, so that an untouched field makes no conflict.
    fn edits(&self, view: &HouseholdView) -> Vec<HouseholdEdit> {
        match self {
            Self::Closed => Vec::new(),
            Self::Card { contact_name, house_status, note } => {
                let name = contact_name.trim();
                let contact = (name != view.row.contact_name).then(|| HouseholdEdit::ContactName { name: name.into() });
                let status = house_status.filter(|status| Some(*status) != view.row.house_status);
                let status = status.map(|status| HouseholdEdit::HouseStatus { status });
                let note = (note.trim() != view.note).then(|| HouseholdEdit::Note { note: note.trim().into() });
                contact.into_iter().chain(status).chain(note).collect()
            }
            Self::NewMember(member) => {
                vec![HouseholdEdit::AddMember(AddMember { name: member.name.trim().into(), ..member.clone() })]
            }
            Self::Member { id, name, relation, residence, numbers } => {
                let numbers = numbers.as_ref().and_then(|numbers| numbers.edit(*id));
                let before = view.members.iter().find(|member| member.id == *id);
                let is_same = before.is_some_and(|member| {
                    member.name == name.trim() && member.relation == *relation && member.residence == *residence
                });
                let (name, relation, residence) = (name.trim().to_owned(), *relation, *residence);
                let member = HouseholdEdit::Member { id: *id, name, relation, residence };
                (!is_same).then_some(member).into_iter().chain(numbers).collect()
            }
        }
    }
}
