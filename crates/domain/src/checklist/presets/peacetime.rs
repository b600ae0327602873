//! 平时: residents and changes · health and care · needs, disputes, hazards · the record made complete.

use super::THREE_INQUIRIES_PEACETIME;
use super::blocks::{
    advice, disputes, evidence, follow_up, hazards, is_yes, label, needs, needs_note, read_back, residents, section,
    talked, text, tri_state,
};
use crate::checklist::rule::Rule;
use crate::checklist::template::{Question, Section, Template};

/// The calm preset.
pub(super) fn template() -> Template {
    Template {
        key: THREE_INQUIRIES_PEACETIME.into(),
        version: 1,
        title: label("三询问一完善（平时）", "Three inquiries, one improvement"),
        sections: vec![
            section("inquiry_1", "询问一　居住人员及变化", "Inquiry 1: residents and changes", vec![residents()]),
            Section {
                relevant_if: Some(talked()),
                ..section("inquiry_2", "询问二　健康与照护", "Inquiry 2: health and care", health())
            },
            section(
                "inquiry_3",
                "询问三　困难、矛盾与隐患",
                "Inquiry 3: needs, disputes, hazards",
                vec![needs(), needs_note(), disputes(), hazards()],
            ),
            section("improvement", "一完善　核对改动", "Improvement: the record made complete", vec![read_back()]),
            advice(),
            follow_up(),
            evidence(),
        ],
    }
}

fn health() -> Vec<Question> {
    let asked = ["lives_alone", "needs_care", "chronic_help", "medication", "doctor_call"];
    let any_yes = Rule::Any { of: asked.map(is_yes).into() };
    vec![
        tri_state("lives_alone", "独居", "Lives alone").sensitive(),
        tri_state("needs_care", "需要照护", "Needs care").sensitive(),
        tri_state("chronic_help", "慢病需帮助", "Help with a chronic illness").sensitive(),
        tri_state("medication", "用药有困难", "Trouble with medicine").sensitive(),
        tri_state("doctor_call", "希望医生回电", "Wants a doctor to call").sensitive(),
        text("care_note", "照护说明", "What helps", 500).sensitive().relevant_if(any_yes),
    ]
}
