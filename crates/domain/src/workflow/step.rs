//! What people append to an incident and what the server answers: transitions and decisions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::account::Role;
use crate::category::SlaClass;
use crate::codes::{BookingKind, Satisfaction, SettlingWay, code_list};
use crate::deadline::{Limit, Stage};
use crate::id::{AccountId, IncidentId, TransitionId};
use crate::organisation::OrgCode;
use crate::record::{Breach, check_length};
use crate::time::UnixMillis;

/// Most characters of what somebody writes with a transition (GB/T 31000-2015).
pub const STEP_TEXT_LIMIT: usize = 2_000;
/// Most organisations that one step asks to help.
pub const JOINT_LIMIT: usize = 10;

code_list! {
    /// What can be done with an incident.
    TransitionKind from "domain reference §7" {
        Submit = "submit", "上报", "Reported";
        Withdraw = "withdraw", "撤回", "Withdrew";
        SelfHandle = "self_handle", "自办", "Settled on the spot";
        Accept = "accept", "受理", "Accepted";
        Return = "return", "退回补充", "Returned for more details";
        Resubmit = "resubmit", "补充重报", "Reported again";
        Dispatch = "dispatch", "派单", "Dispatched";
        Route = "route", "直接转办", "Sent straight to the team";
        Transfer = "transfer", "转派", "Transferred";
        AskRefusal = "ask_refusal", "申请退单", "Asked to hand back";
        GrantRefusal = "grant_refusal", "同意退单", "Agreed to take back";
        DenyRefusal = "deny_refusal", "不同意退单", "Did not agree to take back";
        Start = "start", "开始处置", "Began handling";
        SubmitResult = "submit_result", "提交结果", "Handed in the result";
        Verify = "verify", "核查", "Verified";
        Feedback = "feedback", "回访", "Called back";
        AutoClose = "auto_close", "自动办结", "Closed at the end of the day";
        Void = "void", "作废", "Voided";
        Merge = "merge", "并案", "Merged";
        Reopen = "reopen", "重办", "Reopened";
        Urge = "urge", "催办", "Urged";
        Supervise = "supervise", "督办", "Put under supervision";
        AskExtension = "ask_extension", "申请延期", "Asked for more time";
        GrantExtension = "grant_extension", "同意延期", "Granted more time";
        DenyExtension = "deny_extension", "不同意延期", "Did not grant more time";
        Join = "join", "协同", "Asked others to help";
        Book = "book", "预约", "Proposed an appointment";
        ConfirmBooking = "confirm_booking", "确认预约", "Confirmed the appointment";
        CancelBooking = "cancel_booking", "取消预约", "Cancelled the appointment";
        MarkOverdue = "mark_overdue", "超期", "Overdue";
        Retract = "retract", "收回操作", "Took back a step";
    }
}

code_list! {
    /// Why a transition did not take effect (未生效), in words for the person who made it.
    Refusal from "ours" {
        WrongState = "wrong_state", "事件已进入其他环节，这一步没有赶上", "The incident had already moved on";
        WrongRole = "wrong_role", "这一步不由您的岗位办理", "This step does not belong to your role";
        NotReporter = "not_reporter", "只有上报人可以这样做", "Only the person who reported it may do this";
        NotAssigned = "not_assigned", "事件不在您的单位（可能已转派）", "The incident is not with your organisation (it may have been transferred)";
        OwnWork = "own_work", "不能核查自己办理的事件", "Nobody verifies their own work";
        OldRound = "old_round", "事件已重新处置，这是上一轮的操作", "The incident is in a new round; this step belonged to the one before";
        TextMissing = "text_missing", "没有写明原因或结果", "No reason or result was given";
        TargetMissing = "target_missing", "没有选择单位、人员或事件，或所选的不存在", "No organisation, person or incident was chosen, or it does not exist";
        AnswerMissing = "answer_missing", "没有填写结论", "No outcome was chosen";
        SameOrg = "same_org", "已经在这个单位", "It is with this organisation already";
        OwnOrgOnly = "own_org_only", "社区只能派给本社区，其他单位由镇街派单", "A community may keep a matter for itself; the street dispatches to others";
        BadLimit = "bad_limit", "期限已过或超出允许的最长时间", "The limit lies in the past or beyond what is allowed";
        NothingAsked = "nothing_asked", "没有待答复的申请", "There is no request to answer";
        AskedAlready = "asked_already", "已有一个申请在等答复", "A request is waiting for an answer already";
        ExtensionUsed = "extension_used", "只能延期一次", "More time can be granted once only";
        TooLateToReopen = "too_late_to_reopen", "结束超过 30 天，不能重办", "Ended more than 30 days ago, it cannot be reopened";
        SameIncident = "same_incident", "不能与自己并案", "An incident cannot be merged with itself";
        NoBookings = "no_bookings", "这类事件不能预约", "Incidents of this category take no appointments";
        NotYet = "not_yet", "时间未到", "It is too early for this";
        Retracted = "retracted", "本人已收回", "Its author took it back";
        Repeated = "repeated", "已经是这个状态", "It is so already";
        Newer = "newer", "由更新的版本写入，服务器还不认识", "Written by a newer version that the server does not know yet";
    }
}

/// Something a person did with an incident. The server decides whether it takes effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// What was done.
    pub kind: TransitionKind,
    /// By whom.
    pub by: AccountId,
    /// In which role.
    pub role: Role,
    /// For which organisation, when the account has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<OrgCode>,
    /// When, by the device's clock.
    pub at_device: UnixMillis,
    /// The incident's round when it was done: how often handling had failed verification or was begun anew.
    #[serde(default)]
    pub round: u32,
    /// What goes with it.
    #[serde(default, skip_serializing_if = "Payload::is_empty")]
    pub payload: Payload,
}

/// What goes with a transition; each kind uses its own part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Reason, result or words, at most 2,000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The organisation it is dispatched to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_org: Option<OrgCode>,
    /// The person of that organisation, if one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_person: Option<AccountId>,
    /// Until when: the limit of a dispatch or an extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<UnixMillis>,
    /// Organisations asked to help.
    #[serde(default, with = "crate::flat::as_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub joint: BTreeSet<OrgCode>,
    /// Whether verification passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<bool>,
    /// What the resident said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<Satisfaction>,
    /// How it was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<SettlingWay>,
    /// The incident that is kept when two are merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<IncidentId>,
    /// The transition that is taken back, answered or confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<TransitionId>,
    /// The appointment that is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<Booking>,
    /// The limit that has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
}

/// An appointment (预约): where and when somebody comes, calls or hears the parties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// What kind.
    pub kind: BookingKind,
    /// Where, in words, at most 200 characters.
    pub place: String,
    /// When.
    pub at: UnixMillis,
    /// The entry of the service directory that offers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// What the server decided on one transition. Written by the server alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its place among the decisions of this incident: 1, 2, 3 …
    pub position: u32,
    /// Whether the transition took effect.
    pub effective: bool,
    /// Why it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Refusal>,
    /// When, by the server's clock.
    pub at_server: UnixMillis,
    /// Class of time limits from now on, where it was determined anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<SlaClass>,
    /// Time limits set by it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<Stage, Limit>,
}

impl Payload {
    /// Whether nothing goes with the transition.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Collects what breaks the record's own rules.
    pub(crate) fn find_breaches(&self, path: &str, breaches: &mut Vec<Breach>) {
        check_length(breaches, &format!("{path}.text"), &self.text, STEP_TEXT_LIMIT);
        if self.joint.len() > JOINT_LIMIT {
            let problem = crate::record::Problem::TooMany { limit: JOINT_LIMIT, found: self.joint.len() };
            breaches.push(Breach::new(format!("{path}.joint"), problem));
        }
        if let Some(booking) = &self.booking {
            check_length(breaches, &format!("{path}.booking.place"), &booking.place, 200);
            check_length(breaches, &format!("{path}.booking.service"), booking.service.as_deref().unwrap_or(""), 64);
        }
    }
}
