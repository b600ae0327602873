//! The entries. Periods are the defaults of the domain reference §12; for ordinary fields of people who left it gives
//! none, so they stay as long as the visits that name them.

use super::LegalBasis::{Consent, Duty};
use super::Sensitivity::{Ordinary, Sensitive};
use super::{LegalBasis, Mask, PersonalField, Retention, Sensitivity};
use crate::record::Kind;

const THREE_YEARS: u32 = 3 * 365;
const LEFT: Retention = Retention::AfterLeaving { days: THREE_YEARS };
const LEFT_SENSITIVE: Retention = Retention::AfterLeaving { days: 30 };
const VISITED: Retention = Retention::AfterVisit { days: THREE_YEARS };
const CLOSED: Retention = Retention::AfterClosing { days: THREE_YEARS, dispute_days: 5 * 365 };
const PROOF: Retention = Retention::BeyondTheRecord { days: THREE_YEARS };

/// One row of the table; the masks, which are few, are added by [`PersonalField::masked`].
const fn field(
    kind: Kind,
    pattern: &'static str,
    (basis, sensitivity): (LegalBasis, Sensitivity),
    retention: Retention,
    (purpose_zh, purpose_en): (&'static str, &'static str),
) -> PersonalField {
    PersonalField { kind, pattern, purpose_zh, purpose_en, basis, sensitivity, retention, mask: Mask::None }
}

impl PersonalField {
    const fn masked(self, mask: Mask) -> Self {
        Self { mask, ..self }
    }
}

const PLAIN: (LegalBasis, Sensitivity) = (Duty, Ordinary);
const DUTY_SENSITIVE: (LegalBasis, Sensitivity) = (Duty, Sensitive);
const BY_CONSENT: (LegalBasis, Sensitivity) = (Consent, Sensitive);

const FIND_DOOR: (&str, &str) = ("找到要走访的住户", "Find the home to visit");
const ASK_FOR: (&str, &str) = ("上门时知道找谁", "Know whom to ask for at the door");
const WHO_LIVES: (&str, &str) = ("掌握实际居住人员，提供服务", "Know who lives here, to serve them");
const MEET_NEEDS: (&str, &str) = ("跟进住户提出的困难诉求", "Follow up the needs the household named");
const PLAN_VISITS: (&str, &str) = ("安排走访，避免重复打扰", "Plan visits, not disturb twice");
const VISIT_STORY: (&str, &str) = ("记录走访情况，便于跟进", "Tell what the visit found, to follow up");
const SETTLE: (&str, &str) = ("处置所反映的事件", "Settle what was reported");
const CARE: (&str, &str) = ("提供照护与健康帮助", "Give care and health support");
const IDENTIFY: (&str, &str) = ("区分同名人员，代办登记", "Tell people of one name apart, errands with offices");
const CONTACT: (&str, &str) = ("预约走访、紧急联系", "Arrange visits, reach people in an emergency");
const CONSENT_PROOF: (&str, &str) = ("证明本人同意或拒绝，不再重复询问", "Prove consent or refusal, not ask again");

/// Every personal field.
pub(super) const PERSONAL: &[PersonalField] = &[
    field(Kind::Household, "place.*", PLAIN, LEFT, FIND_DOOR),
    field(Kind::Household, "house_status", PLAIN, LEFT, PLAN_VISITS),
    field(Kind::Household, "visit_class", PLAIN, LEFT, PLAN_VISITS),
    field(Kind::Household, "contact_name", PLAIN, LEFT, ASK_FOR).masked(Mask::Name),
    field(Kind::Household, "needs.*", PLAIN, LEFT, MEET_NEEDS),
    field(Kind::Household, "members.*.name", PLAIN, LEFT, WHO_LIVES).masked(Mask::Name),
    field(Kind::Household, "members.*.relation", PLAIN, LEFT, WHO_LIVES),
    field(Kind::Household, "members.*.residence", PLAIN, LEFT, WHO_LIVES),
    field(Kind::Household, "pairs.*", PLAIN, LEFT, IDENTIFY),
    field(Kind::Household, "last_visit", PLAIN, LEFT, PLAN_VISITS),
    field(Kind::Household, "attempts.*", PLAIN, LEFT, PLAN_VISITS),
    field(Kind::Household, "note", PLAIN, LEFT, VISIT_STORY),
    field(Kind::Particulars, "members.*.id_no", DUTY_SENSITIVE, LEFT_SENSITIVE, IDENTIFY).masked(Mask::IdNumber),
    // The number itself is the last segment, so the mask belongs to the key, not to the value `true`.
    field(Kind::Particulars, "members.*.tels.*", PLAIN, LEFT_SENSITIVE, CONTACT).masked(Mask::Tel),
    field(Kind::Particulars, "members.*.sex", PLAIN, LEFT_SENSITIVE, WHO_LIVES),
    field(Kind::Particulars, "members.*.birth_month", PLAIN, LEFT_SENSITIVE, WHO_LIVES),
    field(Kind::Particulars, "members.*.population_type", PLAIN, LEFT_SENSITIVE, WHO_LIVES),
    field(Kind::Particulars, "members.*.care_tags.*", BY_CONSENT, LEFT_SENSITIVE, CARE),
    field(Kind::Particulars, "members.*.work_or_school", PLAIN, LEFT_SENSITIVE, CONTACT),
    field(Kind::Particulars, "members.*.health_note", BY_CONSENT, LEFT_SENSITIVE, CARE),
    // Free text of an office may hold anything: treated as sensitive.
    field(Kind::Particulars, "members.*.remark", DUTY_SENSITIVE, LEFT_SENSITIVE, WHO_LIVES),
    field(Kind::Particulars, "consent.state", PLAIN, PROOF, CONSENT_PROOF),
    field(Kind::Particulars, "consent.version", PLAIN, PROOF, CONSENT_PROOF),
    field(Kind::Particulars, "consent.by", PLAIN, PROOF, CONSENT_PROOF),
    field(Kind::Particulars, "consent.at", PLAIN, PROOF, CONSENT_PROOF),
    field(Kind::Visit, "outcome", PLAIN, VISITED, PLAN_VISITS),
    field(Kind::Visit, "channel", PLAIN, VISITED, VISIT_STORY),
    // Which answers are sensitive is said question by question; the field as a whole is treated as the strictest.
    field(Kind::Visit, "answers.*", BY_CONSENT, VISITED, CARE),
    field(Kind::Visit, "improvements.*.field", PLAIN, VISITED, VISIT_STORY),
    field(Kind::Visit, "improvements.*.from", PLAIN, VISITED, VISIT_STORY),
    field(Kind::Visit, "improvements.*.to", PLAIN, VISITED, VISIT_STORY),
    field(Kind::Visit, "follow_up.text", PLAIN, VISITED, MEET_NEEDS),
    field(Kind::Visit, "note", PLAIN, VISITED, VISIT_STORY),
    field(Kind::Visit, "amendments.*.text", PLAIN, VISITED, VISIT_STORY),
    field(Kind::Incident, "title", PLAIN, CLOSED, SETTLE),
    field(Kind::Incident, "text", PLAIN, CLOSED, SETTLE),
    field(Kind::Incident, "address_text", PLAIN, CLOSED, SETTLE),
    field(Kind::Incident, "household", PLAIN, CLOSED, SETTLE),
    field(Kind::Incident, "self_handled.before", PLAIN, CLOSED, SETTLE),
    field(Kind::Incident, "self_handled.after", PLAIN, CLOSED, SETTLE),
    field(Kind::Incident, "notes.*.text", PLAIN, CLOSED, SETTLE),
];

/// Fields that say nothing about a resident: codes of places, moments, ids of records, and the accounts of the
/// people who work with the system (their names live with the accounts).
pub(super) const NOT_PERSONAL: &[(Kind, &str)] = &[
    (Kind::Household, "id"),
    (Kind::Household, "grid"),
    (Kind::Household, "building"),
    (Kind::Household, "first_due"),
    (Kind::Particulars, "household"),
    (Kind::Particulars, "grid"),
    (Kind::Visit, "id"),
    (Kind::Visit, "household"),
    (Kind::Visit, "grid"),
    (Kind::Visit, "building"),
    (Kind::Visit, "by"),
    (Kind::Visit, "role"),
    (Kind::Visit, "at_start"),
    (Kind::Visit, "at_end"),
    (Kind::Visit, "clock_correction_ms"),
    (Kind::Visit, "template"),
    (Kind::Visit, "advice.*"),
    (Kind::Visit, "leaflets"),
    (Kind::Visit, "incidents.*"),
    (Kind::Visit, "follow_up.date"),
    (Kind::Visit, "amendments.*.by"),
    (Kind::Visit, "amendments.*.at"),
    (Kind::Incident, "id"),
    (Kind::Incident, "category"),
    (Kind::Incident, "priority"),
    (Kind::Incident, "happened_at"),
    (Kind::Incident, "reported_at"),
    (Kind::Incident, "source"),
    (Kind::Incident, "grid"),
    (Kind::Incident, "building"),
    (Kind::Incident, "visit"),
    (Kind::Incident, "by"),
    (Kind::Incident, "role"),
    (Kind::Incident, "transitions.*.kind"),
    (Kind::Incident, "transitions.*.by"),
    (Kind::Incident, "transitions.*.role"),
    (Kind::Incident, "transitions.*.at_device"),
    (Kind::Incident, "transitions.*.round"),
    (Kind::Incident, "notes.*.by"),
    (Kind::Incident, "notes.*.at"),
];
