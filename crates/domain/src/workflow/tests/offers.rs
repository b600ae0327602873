//! What a person is offered, by role and state: as the screen shows it. `*` marks what is only asked for while there
//! is no network.

use super::*;
use crate::codes::{CodeList as _, Satisfaction};
use TransitionKind as K;

fn offers(case: &Case, who: Person) -> String {
    let offers = offer_steps(&case.incident, &case.standing(), &who.account(), case.now);
    let name = |offer: &StepOffer| {
        format!("{}{}", offer.kind.code(), if offer.offline == Offline::Requested { "*" } else { "" })
    };
    offers.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// One incident of a dispute in each state, by the shortest way there.
fn each_state() -> Vec<Case> {
    let draft = Case::draft(CHEN, DISPUTE);
    let reported = Case::reported(CHEN, DISPUTE);
    let mut accepted = reported.clone();
    accepted.take_all([(WANG, K::Accept, nothing())]);
    let dispatched = Case::dispatched(DISPUTE);
    let mut handling = dispatched.clone();
    handling.take_all([(ZHAO, K::Start, nothing())]);
    let mut resolved = handling.clone();
    resolved.take_all([(ZHAO, K::SubmitResult, text("谈妥"))]);
    let mut verified = resolved.clone();
    verified.take_all([(LI, K::Verify, passes())]);
    let mut closed = verified.clone();
    closed.take_all([(LI, K::Feedback, said(Satisfaction::Satisfied))]);
    let [mut returned, mut withdrawn, mut voided] = [(); 3].map(|()| reported.clone());
    returned.take_all([(WANG, K::Return, text("哪一栋？"))]);
    withdrawn.take_all([(CHEN, K::Withdraw, nothing())]);
    voided.take_all([(WANG, K::Void, text("重复测试"))]);
    vec![draft, reported, returned, accepted, dispatched, handling, resolved, verified, closed, withdrawn, voided]
}

#[test]
fn each_role_is_offered_its_steps_in_each_state() {
    let mut lines = Vec::new();
    for case in each_state() {
        lines.push(format!("{}:", case.state().code()));
        for who in [CHEN, LI, ZHOU, HE, MA, WANG, ZHAO, SUN, ZHENG] {
            let offers = offers(&case, who);
            if !offers.is_empty() {
                lines.push(format!("  {}: {offers}", who.name));
            }
        }
    }
    assert_eq!(lines.join("\n"), EXPECTED.trim());
}

const EXPECTED: &str = "
draft:
reported:
  chen: self_handle withdraw urge book
  li: urge book
  he: accept* return* void* merge* book
  ma: accept* return* void* merge* book
  wang: accept* return* void* merge* supervise book
  zheng: supervise
returned:
  chen: withdraw resubmit urge
  li: urge
  he: void*
  ma: void*
  wang: void* supervise
  zheng: supervise
accepted:
  chen: urge book
  li: urge book
  he: dispatch* void* merge* book
  ma: void* merge* book
  wang: dispatch* void* merge* supervise book
  zheng: supervise
dispatched:
  chen: urge book
  li: urge book
  he: book
  ma: book
  wang: transfer* supervise join* book
  zhao: ask_refusal start ask_extension book
  zheng: supervise
handling:
  chen: urge book
  li: urge book
  he: book
  ma: book
  wang: transfer* supervise join* book
  zhao: submit_result ask_extension book
  zheng: supervise
resolved:
  chen: verify urge
  li: verify urge
  wang: supervise
  zheng: supervise
verified:
  chen: feedback urge
  li: feedback urge
  wang: supervise
  zheng: supervise
closed:
  wang: reopen*
  zheng: reopen*
withdrawn:
voided:
  wang: reopen*
  zheng: reopen*
";

#[test]
fn what_waits_for_an_answer_is_offered_to_whoever_answers() {
    let mut case = Case::dispatched(DISPUTE);
    let later = until(case.due(crate::deadline::Stage::Resolve).plus_ms(HOUR_MS / 60));
    case.take_all([
        (ZHAO, K::AskRefusal, text("不在我们的小区")),
        (ZHAO, K::AskExtension, later),
        (CHEN, K::Book, visit_at(case.now)),
        (ZHENG, K::Supervise, nothing()),
    ]);
    assert_eq!(
        offers(&case, WANG),
        "transfer* grant_refusal* deny_refusal* grant_extension* deny_extension* join* cancel_booking"
    );
    assert_eq!(offers(&case, ZHAO), "start confirm_booking cancel_booking");
    assert_eq!(offers(&case, ZHENG), "");
}

#[test]
fn nobody_is_offered_to_judge_their_own_work_or_to_reopen_too_late() {
    let mut case = Case::draft(CHEN, "05003").with_sampling(true);
    case.take_all([(CHEN, K::SelfHandle, text("已清扫"))]);
    assert_eq!((offers(&case, CHEN), offers(&case, LI)), ("urge".into(), "verify urge".into()));
    assert_eq!(offers(&case, MA), "verify", "a clerk looks at the sample");
    case.take_all([(MA, K::Verify, passes()), (LI, K::Feedback, said(Satisfaction::Anonymous))]);
    assert_eq!(offers(&case, ZHENG), "reopen*");
    case.wait_until(case.now.plus_ms(31 * DAY_MS));
    assert_eq!(offers(&case, ZHENG), "");
}

#[test]
fn a_named_person_alone_is_offered_to_handle() {
    let mut case = Case::reported(CHEN, "19001");
    let named = Payload { to_person: Some(QIAN.id()), ..to("jingui-property") };
    case.take_all([(WANG, K::Accept, nothing()), (WANG, K::Dispatch, named)]);
    assert_eq!(offers(&case, QIAN), "ask_refusal start ask_extension");
    assert_eq!(offers(&case, ZHAO), "");
}
