//! The building lead's short template: large type, few questions, nothing about health. The second inquiry holds one
//! question, whether the resident wants to be contacted; what about is between them and the grid worker or doctor.

use super::BUILDING_LEAD_SHORT;
use super::blocks::{evidence, follow_up, hazards, label, needs, read_back, residents, section, talked, tri_state};
use crate::checklist::template::{Section, Template};

/// The building lead's preset.
pub(super) fn template() -> Template {
    let contact =
        tri_state("wants_contact", "希望网格员或医生联系", "Wants the grid worker or a doctor to get in touch")
            .asked_anew();
    Template {
        key: BUILDING_LEAD_SHORT.into(),
        version: 1,
        title: label("楼长走访", "Building lead's visit"),
        sections: vec![
            section("inquiry_1", "询问一　居住变化", "Inquiry 1: residents", vec![residents()]),
            Section {
                relevant_if: Some(talked()),
                ..section("inquiry_2", "询问二　需要联系", "Inquiry 2: contact", vec![contact])
            },
            section("inquiry_3", "询问三　困难与隐患", "Inquiry 3: needs and hazards", vec![needs(), hazards()]),
            section("improvement", "一完善　核对改动", "Improvement: changes", vec![read_back()]),
            follow_up(),
            evidence(),
        ],
    }
}
