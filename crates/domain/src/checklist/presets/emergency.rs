//! 急时 (health): symptoms and medicine · vaccination and illnesses · supplies and services · who needs help.

use super::THREE_INQUIRIES_EMERGENCY;
use super::blocks::{
    choice, choices_of, evidence, follow_up, incident_choice, is_yes, label, nothing_new, question, read_back, section,
    talked, text, tri_state,
};
use crate::checklist::rule::Rule;
use crate::checklist::template::{Form, Question, Section, Spawn, StoredIn, Template};
use crate::codes::{Advice, NeedCode};

/// The emergency preset.
pub(super) fn template() -> Template {
    let when_talked = |section: Section| Section { relevant_if: Some(talked()), ..section };
    let improvement = vec![
        tri_state("help_list", "需列入帮助名单", "To be listed as needing help").sensitive(),
        text("help_note", "需要的帮助", "Help that is needed", 500).sensitive().relevant_if(is_yes("help_list")),
        read_back(),
    ];
    let told = Form::Multi { options: choices_of::<Advice>(|_| None) };
    Template {
        key: THREE_INQUIRIES_EMERGENCY.into(),
        version: 1,
        title: label("三询问一完善（急时）", "Three inquiries, emergency"),
        sections: vec![
            when_talked(section(
                "inquiry_1",
                "询问一　症状与就医用药",
                "Inquiry 1: symptoms, doctor and medicine",
                symptoms(),
            )),
            when_talked(section(
                "inquiry_2",
                "询问二　疫苗接种与基础疾病",
                "Inquiry 2: vaccination and illnesses",
                vaccination(),
            )),
            when_talked(section(
                "inquiry_3",
                "询问三　生活保障与服务",
                "Inquiry 3: supplies and services",
                vec![supplies()],
            )),
            when_talked(section("improvement", "一完善　需帮助人员名单", "Improvement: who needs help", improvement)),
            section(
                "advice",
                "宣传",
                "Advice",
                vec![question("advice", "宣传内容", "What was explained", told).stored_in(StoredIn::Advice)],
            ),
            follow_up(),
            evidence(),
        ],
    }
}

fn symptoms() -> Vec<Question> {
    let kinds = vec![
        choice("fever", "发热", "Fever", None),
        choice("cough", "咳嗽", "Cough", None),
        choice("breath", "呼吸困难", "Short of breath", None),
        choice("other", "其他不适", "Other", None),
    ];
    let wishes = vec![
        choice("doctor", "需要就医", "Needs a doctor", Some(help_with_doctor())),
        choice("medicine", "需要用药", "Needs medicine", Some(help_with_doctor())),
        choice("transport", "需要送医", "Needs a way to the doctor", Some(help_with_doctor())),
    ];
    vec![
        // Symptoms are told anew each time: nothing of them is repeated.
        tri_state("symptoms", "有无症状", "Symptoms").sensitive().asked_anew(),
        question("symptom_kinds", "哪些症状", "Which", Form::Multi { options: kinds })
            .sensitive()
            .relevant_if(is_yes("symptoms")),
        // A request of the resident's own, like the need 医疗 on the card: not behind the gate.
        nothing_new(question("medical_wishes", "就医用药需求", "Doctor and medicine", Form::Multi { options: wishes })),
    ]
}

fn help_with_doctor() -> Spawn {
    Spawn::Incident { category: "08001".into() }
}

fn vaccination() -> Vec<Question> {
    let ages = vec![
        choice("over_60", "有60岁以上", "Somebody over 60", None),
        choice("over_80", "有80岁以上", "Somebody over 80", None),
    ];
    let states = vec![
        choice("complete", "已全程接种", "Complete", None),
        choice("partial", "未全程接种", "Partial", None),
        choice("none", "未接种", "None", None),
        choice("not_said", "不便说明", "Not said", None),
    ];
    let wish = Form::TriState { on_yes: Some(Spawn::Incident { category: "08003".into() }) };
    let not_complete =
        ["partial", "none"].map(|option| Rule::Contains { question: "vaccinated".into(), option: option.into() });
    vec![
        question("elderly", "家中老人", "Elderly at home", Form::Multi { options: ages }).sensitive(),
        question("vaccinated", "疫苗接种", "Vaccination", Form::Single { options: states }).sensitive(),
        question("vaccination_wish", "希望安排接种", "Wants to be vaccinated", wish)
            .sensitive()
            .relevant_if(Rule::Any { of: not_complete.into() }),
        tri_state("chronic", "有基础疾病", "Long-term illness").sensitive(),
        text("chronic_note", "病情与用药", "Illness and medicine", 500).sensitive().relevant_if(is_yes("chronic")),
    ]
}

fn supplies() -> Question {
    let need = |code| Some(Spawn::Need { code });
    let options = vec![
        choice("food", "食品和日用品", "Food and daily goods", need(NeedCode::Living)),
        choice("medicine", "药品代购", "Medicine to be fetched", need(NeedCode::Medical)),
        choice("infant", "婴幼儿用品", "Things for an infant", need(NeedCode::ChildCare)),
        choice("elder_care", "老人照护", "Care for the elderly", need(NeedCode::ElderCare)),
        choice("counselling", "心理疏导", "Somebody to talk to", need(NeedCode::Counselling)),
        incident_choice("停水停电", "No water or power", "19001"),
    ];
    nothing_new(question("supplies", "生活保障与服务需求", "Supplies and services", Form::Multi { options }))
}
