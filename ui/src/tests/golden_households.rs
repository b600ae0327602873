//! Households by door and found by a member, and a person who was written down twice, for the golden files.

use contract::domain::codes::Relation;
use contract::domain::{MemberPair, Role};
use contract::{HouseholdOrder, HouseholdRow, HouseholdView, MatchedMember, MemberView, RevealedMember};

use super::golden::{Drawing, draw};
use super::sample;
use crate::pages::household::{Household, Msg as HouseholdMsg};
use crate::pages::households::{Households, Msg as HouseholdsMsg};

/// Two stairwells of one compound, where the worker has another one too.
fn rows() -> Vec<HouseholdRow> {
    let mut rows: Vec<_> =
        sample::households().into_iter().map(|row| HouseholdRow { shows_compound: true, ..row }).collect();
    let mut next = HouseholdRow { shows_compound: true, ..sample::household(9) };
    next.place.unit = "2单元".into();
    next.matched = Some(MatchedMember { name: "阿卜杜拉·买买提".into(), relation: Some(Relation::Son) });
    rows.push(next);
    rows
}

/// The first person has another entry already; the second and a newcomer may be one.
fn view() -> HouseholdView {
    let mut view = sample::household_view(true);
    let newcomer = MemberView { id: sample::id(6, 9), residence: None, ..view.members[1].clone() };
    view.possible_pairs.extend(MemberPair::new(view.members[1].id, newcomer.id));
    view.members.push(newcomer);
    view.members[0].aliases = vec![(sample::id(6, 8), "王秀蓝".into())];
    view
}

fn revealed() -> HouseholdMsg {
    let tels = vec!["13800000412".into(), "19900000001".into()];
    let id_no = "990101198506120024".into();
    HouseholdMsg::Revealed(Ok(vec![RevealedMember { id: sample::id(6, 1), tels, id_no, is_id_valid: true }]))
}

pub(super) fn drawings() -> [(&'static str, Role, Drawing); 3] {
    let worker = Role::GridWorker;
    [
        ("households-by-door", worker, |env| {
            let page = sample::household_page(rows(), 364);
            let msgs = vec![HouseholdsMsg::Order(HouseholdOrder::Door), HouseholdsMsg::Read(2, 0, Ok(page))];
            let html = draw::<Households>(false, env, msgs);
            // The order lasts; the next page is drawn in the usual one.
            let _ = draw::<Households>(false, env, vec![HouseholdsMsg::Order(HouseholdOrder::Due)]);
            html
        }),
        ("household-pair", worker, |env| {
            let read = HouseholdMsg::Read(Ok(Box::new(view())));
            draw::<Household>(sample::id(2, 2), env, vec![read, revealed()])
        }),
        ("household-member", worker, |env| {
            let read = HouseholdMsg::Read(Ok(Box::new(view())));
            let edit = HouseholdMsg::EditMember(sample::id(6, 1));
            draw::<Household>(sample::id(2, 2), env, vec![read, edit, HouseholdMsg::Reveal, revealed()])
        }),
    ]
}
