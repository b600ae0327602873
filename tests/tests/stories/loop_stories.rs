//! The closed loop of an incident, told with people on their own devices: mostly without signal.

use contract::{DepartedStep, HistoryKind, IncidentView, ListDepartedSteps, Queue, RetractStep, SendAgain, StepEffect};
use domain::IncidentId;
use domain::codes::{Satisfaction, SettlingWay};
use domain::workflow::{Payload, Refusal, State, TransitionKind as Step};
use sync::machine::Event;

use crate::network::Fate;
use crate::people::{CHEN_LI, DR_WU, HE_JING, LI_HANG, LI_MIN, ORGANISATIONS, SUN_YAN, WANG_MIN, ZHAO_LEI, ZHENG};
use crate::telling::tell_incident;
use crate::world::{Who, World};

/// Something only these stories say, to be looked for in files.
const WORDS: &str = "一层消防通道被旧家具堵住";

fn nothing() -> Payload {
    Payload::default()
}

fn text(words: &str) -> Payload {
    Payload { text: words.into(), ..Payload::default() }
}

fn to(org: &str) -> Payload {
    Payload { to_org: Some(org.parse().unwrap()), ..Payload::default() }
}

/// A district with organisations; everybody has loaded what there is.
fn begin(seed: u64, people: &[(u8, &str, domain::Role)]) -> (World, Vec<Who>) {
    let mut world = World::begin_empty(seed);
    world.district.publish("organisations", ORGANISATIONS);
    let everybody = people.iter().map(|person| world.give_phone(*person)).collect();
    world.load_all();
    (world, everybody)
}

/// Does something at the desk: the server has it before anybody else says a word; then everybody hears of it.
fn take(world: &mut World, who: Who, incident: IncidentId, kind: Step, payload: Payload) -> IncidentView {
    world.work(who, |phone| phone.take(incident, kind, payload)).unwrap();
    world.pass(3_000);
    world.come_together();
    world.phones[who].incident(incident)
}

/// Does something in the stairwell; it stays on the phone.
fn take_offline(world: &mut World, who: Who, incident: IncidentId, kind: Step, payload: Payload) -> IncidentView {
    world.phones[who].take(incident, kind, payload).unwrap()
}

fn effect_of(view: &IncidentView, kind: Step) -> &StepEffect {
    let entry = view.history.iter().find(|entry| entry.kind == HistoryKind::Step(kind));
    &entry.unwrap_or_else(|| panic!("no {kind:?} in the history")).effect
}

#[test]
fn five_people_bring_an_incident_from_the_stairwell_to_the_residents_answer() {
    let (mut world, everybody) = begin(31, &[CHEN_LI, HE_JING, WANG_MIN, ZHAO_LEI, LI_MIN]);
    let [chen, he, wang, zhao, li] = everybody[..] else { unreachable!() };
    let id = world.phones[chen].report_in_street("03001", WORDS);
    let seen = world.phones[chen].incident(id);
    assert_eq!((seen.row.standing, seen.row.human_no.as_deref()), (State::Reported, None));
    assert_eq!(seen.row.pending, 1, "待确认 until the server has it");
    assert!(seen.limits.iter().all(|limit| limit.is_estimate));
    world.say(chen, Event::Edited);
    world.come_together();
    let seen = world.phones[chen].incident(id);
    assert_eq!(seen.row.human_no.as_deref(), Some("9901012026112300001"));
    assert_eq!((seen.row.pending, effect_of(&seen, Step::Submit)), (0, &StepEffect::Effective));

    // The desk has network: accepting and dispatching are ordered by the server.
    assert_eq!(world.phones[he].queue(Queue::ToAccept).len(), 1);
    take(&mut world, he, id, Step::Accept, nothing());
    assert_eq!(world.phones[wang].queue(Queue::ToDispatch).len(), 1);
    assert!(!world.phones[zhao].has_incident(id), "not with the property company yet");
    take(&mut world, wang, id, Step::Dispatch, to("jingui-property"));
    assert_eq!(world.phones[zhao].queue(Queue::ToHandle).len(), 1);

    // The handler works in the basement: everything at once, sent in the evening.
    take_offline(&mut world, zhao, id, Step::Start, nothing());
    let done = Payload { way: Some(SettlingWay::Reconciliation), ..text("旧家具已清走") };
    let seen = take_offline(&mut world, zhao, id, Step::SubmitResult, done);
    assert_eq!((seen.row.standing, seen.row.pending), (State::Resolved, 2));
    world.say(zhao, Event::Edited);
    world.come_together();

    // The reporter's colleague looks without signal, finds half a door; the handler goes again.
    let fails = Payload { passes: Some(false), ..text("还剩半扇门板") };
    let seen = take_offline(&mut world, li, id, Step::Verify, fails);
    assert_eq!(seen.row.standing, State::Handling);
    world.say(li, Event::Edited);
    world.come_together();
    assert_eq!(world.phones[zhao].incident(id).row.standing, State::Handling);
    take(&mut world, zhao, id, Step::SubmitResult, text("门板也清走了"));
    take(&mut world, chen, id, Step::Verify, Payload { passes: Some(true), ..nothing() });
    let answer = Payload { satisfaction: Some(Satisfaction::Satisfied), ..nothing() };
    let seen = take_offline(&mut world, chen, id, Step::Feedback, answer);
    assert_eq!(seen.row.standing, State::Closed);
    world.say(chen, Event::Edited);
    world.come_together();

    let told = tell_incident(&world.phones[chen].incident(id));
    for who in [he, wang, zhao, li] {
        assert_eq!(tell_incident(&world.phones[who].incident(id)), told, "everybody reads the same");
    }
    crate::golden::expect_golden("incident-closed-loop.txt", &told);
    world.expect_one_truth();
}

#[test]
fn two_dispatchers_send_one_incident_to_two_places_while_one_is_cut_off() {
    let (mut world, everybody) = begin(32, &[CHEN_LI, WANG_MIN, LI_HANG, ZHAO_LEI, SUN_YAN]);
    let [chen, wang, li, zhao, sun] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("03001", WORDS));
    world.come_together();
    take(&mut world, wang, id, Step::Accept, nothing());
    // 李航 has no signal; his dispatch waits as a request.
    let seen = take_offline(&mut world, li, id, Step::Dispatch, to("city-management"));
    assert_eq!(seen.row.standing, State::Accepted, "nothing is shown as done");
    assert!(matches!(effect_of(&seen, Step::Dispatch), StepEffect::Pending { can_retract: true, .. }));
    take(&mut world, wang, id, Step::Dispatch, to("jingui-property"));

    assert!(world.phones[zhao].has_incident(id));
    assert!(!world.phones[sun].has_incident(id), "it never came to the other place");
    let seen = world.phones[li].incident(id);
    assert_eq!((seen.row.standing, seen.row.futile), (State::Dispatched, 1));
    let futile = seen.history.iter().find(|entry| matches!(entry.effect, StepEffect::Futile { .. })).unwrap();
    let StepEffect::Futile { reason, lost_to, can_dismiss, .. } = &futile.effect else { unreachable!() };
    assert_eq!((*reason, *can_dismiss), (Refusal::WrongState, true));
    let first = lost_to.as_ref().unwrap();
    assert_eq!((first.by.as_deref(), first.to_org_name.as_deref()), (Some("王敏"), Some("金桂物业")));
    // He puts it away; it stays in the history.
    let step = futile.step.unwrap();
    world.work(li, |phone| phone.ask(RetractStep { incident: id, step })).unwrap();
    world.come_together();
    let seen = world.phones[li].incident(id);
    assert_eq!(seen.row.futile, 0);
    assert!(seen.history.iter().any(|entry| entry.step == Some(step)));
    world.expect_one_truth();
}

#[test]
fn a_result_handed_in_after_the_incident_went_elsewhere_is_kept_and_told() {
    let (mut world, everybody) = begin(33, &[CHEN_LI, WANG_MIN, ZHAO_LEI, SUN_YAN]);
    let [chen, wang, zhao, sun] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("03001", WORDS));
    world.come_together();
    take(&mut world, wang, id, Step::Accept, nothing());
    take(&mut world, wang, id, Step::Dispatch, to("jingui-property"));
    take(&mut world, zhao, id, Step::Start, nothing());
    // 赵磊 finishes in the basement while it is given to somebody else.
    take_offline(&mut world, zhao, id, Step::SubmitResult, text("我们已经搬空了"));
    world.work(wang, |phone| phone.take(id, Step::Transfer, to("city-management"))).unwrap();
    world.pass(5_000);
    world.come_together();
    assert!(!world.phones[zhao].has_incident(id), "it left his phone");
    assert!(world.phones[sun].has_incident(id));
    let departed: Vec<DepartedStep> = world.phones[zhao].ask(ListDepartedSteps {}).unwrap();
    let late = departed.iter().find(|step| step.kind == Some(Step::SubmitResult)).expect("his words are kept");
    assert_eq!((late.text.as_str(), late.reason), ("我们已经搬空了", Some(Refusal::NotAssigned)));
    // Everybody who has the incident sees what he did, and that it did not count.
    let seen = world.phones[sun].incident(id);
    let entry = seen.history.iter().find(|entry| entry.kind == HistoryKind::Step(Step::SubmitResult)).unwrap();
    assert_eq!(entry.payload.text, "我们已经搬空了");
    assert!(matches!(entry.effect, StepEffect::Futile { reason: Refusal::NotAssigned, .. }));
    assert_eq!(seen.row.standing, State::Dispatched);
    world.expect_one_truth();
}

#[test]
fn a_departments_device_never_holds_what_is_not_its_own() {
    let (mut world, everybody) = begin(34, &[CHEN_LI, WANG_MIN, ZHAO_LEI, SUN_YAN]);
    let [chen, wang, zhao, sun] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("03001", WORDS));
    let other = world.work(chen, |phone| phone.report_in_street("05001", "井盖缺失在北门西街"));
    world.come_together();
    for (id, org) in [(id, "jingui-property"), (other, "city-management")] {
        take(&mut world, wang, id, Step::Accept, nothing());
        take(&mut world, wang, id, Step::Dispatch, to(org));
    }
    assert!(holds(&world, zhao, WORDS) && holds(&world, sun, "井盖缺失在北门西街"));
    assert!(!holds(&world, sun, WORDS) && !holds(&world, zhao, "井盖缺失在北门西街"));
    take(&mut world, wang, id, Step::Transfer, to("city-management"));
    assert!(holds(&world, sun, WORDS));
    assert!(!holds(&world, zhao, WORDS), "and nothing stays behind");
    world.expect_one_truth();
}

/// Whether the words stand anywhere in the phone's file: as text, or in a packed document.
fn holds(world: &World, who: Who, words: &str) -> bool {
    let phone = &world.phones[who];
    let is_plain = phone.raw_bytes().windows(words.len()).any(|window| window == words.as_bytes());
    let db = phone.open_file();
    let mut select = db.prepare("SELECT bytes FROM document UNION ALL SELECT bytes FROM change").unwrap();
    let blobs: Vec<Vec<u8>> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let is_packed = blobs
        .iter()
        .filter_map(|bytes| documents::RecordDocument::load(bytes).ok())
        .any(|document| document.read::<domain::Incident>().is_ok_and(|reading| reading.record.text == words));
    is_plain || is_packed
}

#[test]
fn a_withdrawal_crosses_the_acceptance() {
    let (mut world, everybody) = begin(35, &[CHEN_LI, HE_JING]);
    let [chen, he] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("05003", "暴露垃圾"));
    world.come_together();
    let seen = take_offline(&mut world, chen, id, Step::Withdraw, text("看错了"));
    assert_eq!(seen.row.standing, State::Withdrawn, "shown as done, awaiting confirmation");
    take(&mut world, he, id, Step::Accept, nothing());
    let seen = world.phones[chen].incident(id);
    assert_eq!(seen.row.standing, State::Accepted);
    assert!(matches!(effect_of(&seen, Step::Withdraw), StepEffect::Futile { reason: Refusal::WrongState, .. }));
    // Sending it again cannot help now: the app does not offer it.
    assert!(matches!(effect_of(&seen, Step::Withdraw), StepEffect::Futile { can_send_again: false, .. }));
    world.expect_one_truth();
}

#[test]
fn a_step_that_did_not_count_can_be_sent_again_when_it_fits() {
    let (mut world, everybody) = begin(36, &[CHEN_LI, WANG_MIN, LI_HANG]);
    let [chen, wang, li] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("05003", "暴露垃圾"));
    world.come_together();
    take_offline(&mut world, li, id, Step::Accept, nothing());
    take(&mut world, wang, id, Step::Return, text("请写明楼栋"));
    take(&mut world, chen, id, Step::Resubmit, text("在 1 栋东侧"));
    let seen = world.phones[li].incident(id);
    let futile = seen.history.iter().find(|entry| entry.kind == HistoryKind::Step(Step::Accept)).unwrap();
    assert!(matches!(futile.effect, StepEffect::Futile { can_send_again: true, .. }));
    let step = futile.step.unwrap();
    world.work(li, |phone| phone.ask(SendAgain { incident: id, step })).unwrap();
    world.come_together();
    assert_eq!(world.phones[chen].incident(id).row.standing, State::Accepted);
    world.expect_one_truth();
}

#[test]
fn clocks_that_are_wrong_by_days_do_not_reorder_anything() {
    let mut world = World::begin_empty(37);
    world.district.publish("organisations", ORGANISATIONS);
    let wrong = |hours: i64| hours * 3_600_000;
    let (n, name, role) = CHEN_LI;
    let chen = world.enrol(n, name, role, wrong(48));
    let (n, name, role) = ZHAO_LEI;
    let zhao = world.enrol(n, name, role, wrong(-3));
    let wang = world.give_phone(WANG_MIN);
    world.load_all();
    let id = world.work(chen, |phone| phone.report_in_street("19001", "停水"));
    world.come_together();
    take(&mut world, wang, id, Step::Accept, nothing());
    take(&mut world, wang, id, Step::Dispatch, to("jingui-property"));
    take(&mut world, zhao, id, Step::Start, nothing());
    take(&mut world, zhao, id, Step::SubmitResult, text("已恢复供水"));
    let seen = take(&mut world, chen, id, Step::Verify, Payload { passes: Some(true), ..nothing() });
    assert_eq!(seen.row.standing, State::Verified);
    let told: Vec<_> = seen.history.iter().rev().filter_map(|entry| Some((entry.kind, entry.at_server?))).collect();
    assert!(told.windows(2).all(|pair| pair[0].1 <= pair[1].1), "in the order of the server's clock");
    let submitted = seen.history.last().unwrap();
    let skew = submitted.at_device.since_ms(submitted.at_server.unwrap());
    assert!(skew > wrong(47), "both clocks are kept");
    for limit in &seen.limits {
        assert!(limit.limit.start_at <= world.moment(), "limits run on the server's time");
    }
    world.expect_one_truth();
}

#[test]
fn a_server_that_dies_between_step_and_reply_has_decided_all_or_nothing() {
    let (mut world, everybody) = begin(38, &[CHEN_LI, WANG_MIN]);
    let [chen, wang] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("05003", "暴露垃圾"));
    world.come_together();
    world.fates = vec![Fate::ReplyLost];
    world.work(wang, |phone| phone.take(id, Step::Accept, nothing())).unwrap();
    world.pass(2_000);
    world.district.restart_with(|_| {});
    let stored = world.district.incident(id);
    assert!(stored.transitions.keys().all(|step| stored.decisions.contains_key(step)), "no step without a decision");
    world.come_together();
    assert_eq!(world.phones[wang].incident(id).row.standing, State::Accepted);
    assert_eq!(world.district.incident(id).decisions.len(), 2, "decided once");
    world.expect_one_truth();
}

#[test]
fn the_server_marks_what_is_overdue_without_any_device() {
    let (mut world, everybody) = begin(39, &[CHEN_LI, WANG_MIN, ZHENG]);
    let [chen, wang, zheng] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("03001", WORDS));
    world.come_together();
    assert!(!world.phones[zheng].has_incident(id), "the district does not look at everything");
    world.pass(16 * 60_000);
    world.district.restart_with(|_| {});
    world.district.tick();
    world.district.tick();
    let marks = world.district.incident(id).transitions.values().filter(|t| t.kind == Step::MarkOverdue).count();
    assert_eq!(marks, 1, "urgent: accepted within 15 minutes; marked once, also after a restart");
    world.come_together();
    assert_eq!(world.phones[wang].queue(Queue::Overdue).len(), 1);
    assert_eq!(world.phones[zheng].queue(Queue::Overdue).len(), 1, "and the district sees it");
    take(&mut world, zheng, id, Step::Supervise, text("请尽快受理"));
    assert!(world.phones[wang].incident(id).row.is_supervised);
    world.expect_one_truth();
}

#[test]
fn a_health_request_goes_straight_to_the_doctors_of_the_grid() {
    let (mut world, everybody) = begin(40, &[CHEN_LI, WANG_MIN, DR_WU, ZHAO_LEI]);
    let [chen, wang, wu, zhao] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("08001", "老人血压药快吃完了"));
    world.come_together();
    assert_eq!(world.phones[wu].queue(Queue::ToHandle).len(), 1);
    assert!(!world.phones[zhao].has_incident(id));
    assert_eq!(world.phones[wang].queue(Queue::ToAccept).len(), 0, "the desk has nothing to do");
    take(&mut world, wu, id, Step::Start, nothing());
    take(&mut world, wu, id, Step::SubmitResult, text("明天上门送药并量血压"));
    take(&mut world, chen, id, Step::Verify, Payload { passes: Some(true), ..nothing() });
    let answer = Payload { satisfaction: Some(Satisfaction::Satisfied), ..nothing() };
    let seen = take(&mut world, chen, id, Step::Feedback, answer);
    assert_eq!(seen.row.standing, State::Closed);
    world.expect_one_truth();
}

#[test]
fn a_request_is_taken_back_before_it_was_sent() {
    let (mut world, everybody) = begin(41, &[CHEN_LI, WANG_MIN]);
    let [chen, wang] = everybody[..] else { unreachable!() };
    let id = world.work(chen, |phone| phone.report_in_street("05003", "暴露垃圾"));
    world.come_together();
    let seen = take_offline(&mut world, wang, id, Step::Void, text("重复"));
    let step = seen.history.iter().find(|entry| entry.kind == HistoryKind::Step(Step::Void)).unwrap().step.unwrap();
    world.work(wang, |phone| phone.ask(RetractStep { incident: id, step })).unwrap();
    world.come_together();
    let seen = world.phones[chen].incident(id);
    assert_eq!(seen.row.standing, State::Reported);
    assert!(matches!(effect_of(&seen, Step::Void), StepEffect::Futile { reason: Refusal::Retracted, .. }));
    world.expect_one_truth();
}
