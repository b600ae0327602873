//! Stories of the loop: who does what, who comes too late, and what they are told.

use super::*;
use crate::codes::{Satisfaction, SettlingWay};
use crate::organisation::{OrgKind, Organisation};
use TransitionKind as K;

#[test]
fn the_whole_loop_with_a_second_round_after_a_failed_verification() {
    let mut case = Case::reported(CHEN, "19001");
    assert_eq!(case.state(), State::Reported);
    case.take_all([
        (MA, K::Accept, nothing()),
        (WANG, K::Dispatch, to("jingui-property")),
        (ZHAO, K::Start, nothing()),
        (ZHAO, K::SubmitResult, text("水管已接好")),
    ]);
    assert_eq!((case.state(), case.standing().handler), (State::Resolved, Some(ZHAO.id())));
    case.take_all([(LI, K::Verify, fails())]);
    assert_eq!((case.state(), case.standing().round), (State::Handling, 1), "the same organisation goes on");
    let mediated = Payload { way: Some(SettlingWay::Reconciliation), ..text("已换新管") };
    case.take_all([
        (QIAN, K::SubmitResult, mediated),
        (CHEN, K::Verify, passes()),
        (CHEN, K::Feedback, said(Satisfaction::Satisfied)),
    ]);
    let standing = case.standing();
    assert_eq!((standing.state, standing.round, standing.position), (State::Closed, 1, 9));
    assert_eq!(standing.orgs_ever, [org("jingui-property")].into());
    assert!(!standing.is_watched());
    assert_eq!(find_wake(&case.incident), None, "nothing is left to wait for");
}

#[test]
fn of_two_dispatchers_the_second_comes_too_late_and_is_told() {
    let mut case = Case::reported(CHEN, "19001");
    case.take_all([(WANG, K::Accept, nothing())]);
    // Hang's line is down; Wang dispatches; then Hang's arrives, with an earlier device time.
    let cut_off = case.write_at(HANG, K::Dispatch, to("city-management"), (0, case.now.plus_ms(-HOUR_MS)));
    let online = case.write(WANG, K::Dispatch, to("jingui-property"));
    case.settle(&[online, cut_off]);
    assert_eq!(case.ruling(cut_off), Err(Refusal::WrongState));
    let standing = case.standing();
    assert_eq!(standing.orgs_now(), [org("jingui-property")].into(), "and only that one ever had it");
    assert_eq!(standing.orgs_ever, standing.orgs_now());
    assert_eq!(case.take(HANG, K::Transfer, to("jingui-property")), Err(Refusal::SameOrg));
    case.take_all([(HANG, K::Transfer, to("city-management"))]);
}

#[test]
fn a_result_that_arrives_after_the_transfer_is_not_theirs_to_hand_in() {
    let mut case = Case::dispatched("19001");
    case.take_all([(ZHAO, K::Start, nothing())]);
    let late = case.write(ZHAO, K::SubmitResult, text("已修好"));
    let transfer = case.write(WANG, K::Transfer, to("city-management"));
    case.settle(&[transfer, late]);
    assert_eq!(case.ruling(late), Err(Refusal::NotAssigned));
    assert_eq!(case.state(), State::Dispatched);
    assert!(case.incident.transitions.contains_key(&late), "it stays in the history");
    case.take_all([(SUN, K::Start, nothing()), (SUN, K::SubmitResult, text("已处理"))]);
}

#[test]
fn where_a_person_is_named_their_colleague_does_not_handle() {
    let mut case = Case::reported(CHEN, "19001");
    let named = Payload { to_person: Some(QIAN.id()), ..to("jingui-property") };
    case.take_all([(WANG, K::Accept, nothing()), (WANG, K::Dispatch, named)]);
    assert_eq!(case.take(ZHAO, K::Start, nothing()), Err(Refusal::NotAssigned));
    case.take_all([(WANG, K::Transfer, to("jingui-property")), (ZHAO, K::Start, nothing())]);
}

#[test]
fn a_withdrawal_crosses_the_acceptance() {
    for (is_accepted_first, state) in [(true, State::Accepted), (false, State::Withdrawn)] {
        let mut case = Case::reported(ZHOU, "19001");
        let withdraw = case.write(ZHOU, K::Withdraw, nothing());
        let accept = case.write(HE, K::Accept, nothing());
        let order = if is_accepted_first { [accept, withdraw] } else { [withdraw, accept] };
        case.settle(&order);
        assert_eq!(case.state(), state);
        assert_eq!(case.ruling(order[1]), Err(Refusal::WrongState));
    }
    let mut case = Case::reported(ZHOU, "19001");
    assert_eq!(case.take(CHEN, K::Withdraw, nothing()), Err(Refusal::NotReporter));
    assert_eq!(case.take(ZHOU, K::SelfHandle, text("扫掉了")), Err(Refusal::WrongRole), "a lead reports");
}

#[test]
fn handing_back_is_asked_for_and_denied_or_granted() {
    let mut case = Case::dispatched("19001");
    assert_eq!(case.take(WANG, K::GrantRefusal, nothing()), Err(Refusal::NothingAsked));
    assert_eq!(case.take(ZHAO, K::AskRefusal, nothing()), Err(Refusal::TextMissing));
    let first = case.write(ZHAO, K::AskRefusal, text("不在我们的小区"));
    case.settle(&[first]);
    assert_eq!(case.state(), State::Dispatched, "asking moves nothing");
    assert_eq!(case.take(QIAN, K::AskRefusal, text("同上")), Err(Refusal::AskedAlready));
    case.take_all([(WANG, K::DenyRefusal, of(first)), (ZHAO, K::AskRefusal, text("已核对产权"))]);
    let stale = case.take(HANG, K::GrantRefusal, of(first));
    assert_eq!(stale, Err(Refusal::NothingAsked), "an answer to the first request does not answer the second");
    case.take_all([(HANG, K::GrantRefusal, nothing())]);
    let standing = case.standing();
    assert_eq!((standing.state, standing.assigned.clone()), (State::Accepted, None));
    assert!(standing.orgs_now().is_empty() && standing.orgs_ever.contains(&org("jingui-property")));
    assert_eq!(case.take(ZHAO, K::Start, nothing()), Err(Refusal::NotAssigned));
}

#[test]
fn whoever_goes_on_regardless_has_nothing_left_to_ask() {
    let mut case = Case::dispatched(DISPUTE);
    case.take_all([(ZHAO, K::AskRefusal, text("不在我们的小区")), (ZHAO, K::Start, nothing())]);
    assert_eq!(case.standing().refusal_asked, None);
    let later = |case: &Case| until(case.due(crate::deadline::Stage::Resolve).plus_ms(HOUR_MS));
    let more = later(&case);
    case.take_all([(ZHAO, K::AskExtension, more), (ZHAO, K::SubmitResult, text("谈妥")), (LI, K::Verify, fails())]);
    let more = later(&case);
    case.take_all([(ZHAO, K::AskExtension, more)]);
}

#[test]
fn a_community_keeps_small_matters_for_itself_and_no_others() {
    let mut case = Case::reported(CHEN, "19001");
    case.take_all([(HE, K::Accept, nothing())]);
    assert_eq!(case.take(HE, K::Dispatch, nothing()), Err(Refusal::TargetMissing));
    assert_eq!(case.take(HE, K::Dispatch, to("jingui-property")), Err(Refusal::OwnOrgOnly));
    assert_eq!(case.take(MA, K::Dispatch, to("haitang-community")), Err(Refusal::OwnOrgOnly));
    let drawing_in = Payload { joint: [org("jingui-property")].into(), ..to("haitang-community") };
    assert_eq!(case.take(HE, K::Dispatch, drawing_in), Err(Refusal::OwnOrgOnly), "not by asking them to help either");
    case.take_all([
        (HE, K::Dispatch, to("haitang-community")),
        (HE, K::Start, nothing()),
        (HE, K::SubmitResult, text("已清扫")),
    ]);
    assert_eq!(case.take(HE, K::Verify, passes()), Err(Refusal::WrongRole), "clerks look at the sample only");
    case.take_all([(CHEN, K::Verify, passes())]);
}

#[test]
fn nobody_verifies_their_own_work_and_what_fails_says_why() {
    let mut case = Case::resolved();
    assert_eq!(case.take(ZHAO, K::Verify, passes()), Err(Refusal::WrongRole));
    assert_eq!(case.take(LI, K::Verify, nothing()), Err(Refusal::AnswerMissing));
    let wordless = Payload { passes: Some(false), ..nothing() };
    assert_eq!(case.take(LI, K::Verify, wordless), Err(Refusal::TextMissing));
    let of_last_round = case.write(CHEN, K::Verify, passes());
    let fail = case.write(LI, K::Verify, fails());
    case.settle(&[fail]);
    case.settle(&[of_last_round]);
    assert_eq!(case.ruling(of_last_round), Err(Refusal::WrongState));
    case.take_all([(ZHAO, K::SubmitResult, text("再修好"))]);
    let old = case.write_at(CHEN, K::Verify, passes(), (0, case.now));
    case.settle(&[old]);
    assert_eq!(case.ruling(old), Err(Refusal::OldRound), "what Chen saw was the first repair");
    case.take_all([(CHEN, K::Verify, passes())]);
}

#[test]
fn a_sampled_matter_settled_on_the_spot_is_verified_by_a_clerk() {
    let mut case = Case::draft(CHEN, "05003").with_sampling(true);
    assert_eq!(case.take(CHEN, K::SelfHandle, nothing()), Err(Refusal::TextMissing));
    case.take_all([(CHEN, K::SelfHandle, text("已清扫"))]);
    assert!(case.standing().limits.contains_key(&crate::deadline::Stage::Verify));
    assert_eq!(case.take(CHEN, K::Verify, passes()), Err(Refusal::OwnWork));
    assert!(find_auto_close(&case.incident, &case.standing()).is_none());
    case.take_all([(MA, K::Verify, passes()), (LI, K::Feedback, said(Satisfaction::Anonymous))]);
    assert_eq!(case.state(), State::Closed);
}

#[test]
fn what_a_worker_settled_and_did_not_settle_goes_to_the_desk() {
    let mut case = Case::reported(CHEN, "05003");
    case.take_all([(CHEN, K::SelfHandle, text("已清扫")), (LI, K::Verify, fails())]);
    let standing = case.standing();
    assert_eq!((standing.state, standing.round, standing.is_self_handled), (State::Accepted, 1, false));
    assert_ne!(standing.class, Some(crate::category::SlaClass::SelfHandled));
    assert!(standing.next_limit().is_some(), "its clock runs");
    case.take_all([
        (WANG, K::Dispatch, to("city-management")),
        (SUN, K::Start, nothing()),
        (SUN, K::SubmitResult, text("已清运")),
        (CHEN, K::Verify, passes()),
    ]);
}

#[test]
fn after_three_calls_in_vain_it_is_closed_and_an_unsatisfied_resident_is_watched() {
    let mut case = Case::resolved();
    case.take_all([(CHEN, K::Verify, passes())]);
    assert_eq!(case.take(CHEN, K::Feedback, said(Satisfaction::Unknown)), Err(Refusal::AnswerMissing));
    let angry = case.clone();
    for tries in 1..=MAX_TRIES {
        assert_eq!(case.state(), State::Verified);
        case.take_all([(LI, K::Feedback, said(Satisfaction::Unreachable))]);
        assert_eq!(case.standing().tries, tries);
    }
    assert_eq!((case.state(), case.standing().is_watched()), (State::Closed, false));
    let mut case = angry;
    case.take_all([(LI, K::Feedback, said(Satisfaction::Dissatisfied))]);
    assert_eq!((case.state(), case.standing().is_watched()), (State::Closed, true), "no machine reopens it");
}

#[test]
fn what_is_closed_is_reopened_within_thirty_days_and_no_later() {
    let mut case = Case::resolved();
    case.take_all([(CHEN, K::Verify, passes()), (CHEN, K::Feedback, said(Satisfaction::Dissatisfied))]);
    let closed = case.now;
    let mut late = case.clone();
    assert_eq!(case.take(CHEN, K::Reopen, text("又漏了")), Err(Refusal::WrongRole));
    case.wait_until(closed.plus_ms(30 * DAY_MS - 60_000));
    assert_eq!(case.take(ZHENG, K::Reopen, nothing()), Err(Refusal::TextMissing));
    case.take_all([(ZHENG, K::Reopen, text("又漏了"))]);
    let standing = case.standing();
    assert_eq!((standing.state, standing.round, standing.satisfaction), (State::Accepted, 1, None));
    assert!(standing.orgs_now().is_empty() && !standing.is_watched() && !standing.limits.is_empty());
    late.wait_until(closed.plus_ms(30 * DAY_MS + 60_000));
    assert_eq!(late.take(WANG, K::Reopen, text("又漏了")), Err(Refusal::TooLateToReopen));
}

#[test]
fn a_duplicate_is_merged_into_another_and_never_into_itself() {
    let mut case = Case::reported(LI, "19001");
    let into = |other| Payload { duplicate_of: Some(other), ..nothing() };
    assert_eq!(case.take(MA, K::Merge, nothing()), Err(Refusal::TargetMissing));
    assert_eq!(case.take(MA, K::Merge, into(case.incident.id)), Err(Refusal::SameIncident));
    let other = incident_by(9).id;
    case.take_all([(MA, K::Merge, into(other))]);
    assert_eq!((case.state(), case.standing().duplicate_of), (State::Voided, Some(other)));
    // The other one was merged into this one at the same time: somebody has to take the matter up again.
    case.take_all([(WANG, K::Reopen, text("对方也已并入本件"))]);
    assert_eq!((case.state(), case.standing().duplicate_of), (State::Accepted, None));
    let mut case = Case::reported(LI, "19001");
    assert_eq!(case.take(WANG, K::Void, nothing()), Err(Refusal::TextMissing));
    case.take_all([(WANG, K::Void, text("重复测试"))]);
    assert_eq!(case.take(LI, K::Urge, nothing()), Err(Refusal::WrongState));
}

#[test]
fn an_appointment_is_proposed_confirmed_and_cancelled() {
    let mut case = Case::dispatched("19001");
    let tomorrow = visit_at(case.now.plus_ms(DAY_MS));
    assert_eq!(case.take(CHEN, K::Book, tomorrow.clone()), Err(Refusal::NoBookings));
    let mut case = Case::dispatched(DISPUTE);
    assert_eq!(case.take(CHEN, K::Book, nothing()), Err(Refusal::AnswerMissing));
    let first = case.write(CHEN, K::Book, tomorrow);
    case.settle(&[first]);
    let later = case.write(CHEN, K::Book, visit_at(case.now.plus_ms(2 * DAY_MS)));
    case.settle(&[later]);
    assert_eq!(case.take(ZHAO, K::ConfirmBooking, of(first)), Err(Refusal::NothingAsked), "another day by now");
    assert_eq!(case.take(SUN, K::ConfirmBooking, of(later)), Err(Refusal::NotAssigned));
    case.take_all([(ZHAO, K::ConfirmBooking, of(later))]);
    assert!(case.standing().appointment.is_some_and(|appointment| appointment.is_confirmed));
    assert_eq!(case.take(QIAN, K::ConfirmBooking, of(later)), Err(Refusal::Repeated));
    assert_eq!(case.take(CHEN, K::CancelBooking, of(first)), Err(Refusal::NothingAsked));
    case.take_all([(CHEN, K::CancelBooking, of(later))]);
    assert_eq!(case.standing().appointment, None);
}

#[test]
fn a_health_request_goes_straight_to_its_team_and_the_desk_may_send_it_on() {
    let doctors = Organisation {
        name: "家医三组".into(),
        kind: OrgKind::DoctorTeam,
        areas: [].into(),
        categories: ["08001".to_owned()].into(),
        takes_direct: true,
        phone: String::new(),
    };
    let mut case = Case::draft(CHEN, "08001");
    let property = Organisation { kind: OrgKind::Property, takes_direct: false, ..doctors.clone() };
    case.desk.organisations = [(org("doctors"), doctors), (org("jingui-property"), property)].into();
    let mut elsewhere =
        Case { incident: Incident { category: "08002".into(), ..case.incident.clone() }, ..case.clone() };
    case.take_all([(CHEN, K::Submit, nothing())]);
    let standing = case.standing();
    assert_eq!((standing.state, standing.orgs_now()), (State::Dispatched, [org("doctors")].into()));
    assert_eq!(case.take(CHEN, K::Withdraw, nothing()), Err(Refusal::WrongState), "the doctors have it");
    case.take_all([(WANG, K::Transfer, to("jingui-property"))]);
    elsewhere.take_all([(CHEN, K::Submit, nothing())]);
    assert_eq!(elsewhere.state(), State::Reported, "an infection goes to the desk");
}

#[test]
fn help_and_supervision_are_flags_beside_the_way() {
    let mut case = Case::dispatched("19001");
    assert_eq!(case.take(WANG, K::Join, nothing()), Err(Refusal::TargetMissing));
    let helping = Payload { joint: [org("city-management")].into(), ..nothing() };
    case.take_all([(WANG, K::Join, helping), (ZHENG, K::Supervise, nothing()), (CHEN, K::Urge, nothing())]);
    let standing = case.standing();
    assert_eq!((standing.state, standing.urged, standing.is_watched()), (State::Dispatched, 1, true));
    assert_eq!(standing.orgs_now().len(), 2);
    assert_eq!(case.take(SUN, K::Start, nothing()), Err(Refusal::NotAssigned), "helping is not handling");
    assert_eq!(case.take(WANG, K::Supervise, nothing()), Err(Refusal::Repeated));
    case.take_all([(WANG, K::Transfer, to("haitang-community"))]);
    assert_eq!(case.standing().orgs_now(), [org("haitang-community")].into());
}
