//! Pieces that the presets share: builders for questions, and the blocks that are the same everywhere.

use crate::category::{find_category, find_group};
use crate::checklist::rule::Rule;
use crate::checklist::template::{Choice, Form, Label, NoChange, Question, Section, Spawn, StoredIn};
use crate::codes::{Advice, CodeList, Language, NeedCode, Outcome};
use crate::visit::{Answer, Tri};

/// A label from two literals.
pub(super) fn label(zh: &str, en: &str) -> Label {
    Label::new(zh, en)
}

/// A block that always applies.
pub(super) fn section(key: &str, zh: &str, en: &str, questions: Vec<Question>) -> Section {
    Section { key: key.into(), title: label(zh, en), relevant_if: None, questions }
}

/// A question with nothing but its form.
pub(super) fn question(key: &str, zh: &str, en: &str, form: Form) -> Question {
    Question {
        key: key.into(),
        label: label(zh, en),
        hint: None,
        sensitive: false,
        relevant_if: None,
        required_if: None,
        constraint: None,
        no_change: None,
        stored_in: StoredIn::Answers,
        form,
    }
}

/// 是 / 否 / 未问, of which 无变化 repeats the last answer.
pub(super) fn tri_state(key: &str, zh: &str, en: &str) -> Question {
    let no_change = NoChange { answer: Answer::Tri(Tri::NotAsked), reuse_last: true };
    Question { no_change: Some(no_change), ..question(key, zh, en, Form::TriState { on_yes: None }) }
}

/// A free text.
pub(super) fn text(key: &str, zh: &str, en: &str, limit: usize) -> Question {
    question(key, zh, en, Form::Text { limit })
}

impl Question {
    pub(super) fn hinted(self, zh: &str, en: &str) -> Self {
        Self { hint: Some(label(zh, en)), ..self }
    }

    pub(super) fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    pub(super) fn relevant_if(self, rule: Rule) -> Self {
        Self { relevant_if: Some(rule), ..self }
    }

    pub(super) fn stored_in(self, stored_in: StoredIn) -> Self {
        Self { stored_in, ..self }
    }

    /// 无变化 answers 未问 even when the last visit has an answer.
    pub(super) fn asked_anew(self) -> Self {
        Self { no_change: Some(NoChange { answer: Answer::Tri(Tri::NotAsked), reuse_last: false }), ..self }
    }

    pub(super) fn without_no_change(self) -> Self {
        Self { no_change: None, ..self }
    }
}

/// Somebody of the household was spoken to.
pub(super) fn talked() -> Rule {
    Rule::OutcomeIs { any_of: vec![Outcome::Met, Outcome::Family, Outcome::Phone] }
}

/// Something was learned about who lives here.
pub(super) fn learned() -> Rule {
    Rule::OutcomeIs { any_of: vec![Outcome::Met, Outcome::Family, Outcome::Phone, Outcome::Vacant, Outcome::Moved] }
}

/// The tri-state was answered yes.
pub(super) fn is_yes(question: &str) -> Rule {
    Rule::Equals { question: question.into(), answer: Answer::Tri(Tri::Yes) }
}

/// Something was ticked.
pub(super) fn any_chosen(question: &str) -> Rule {
    Rule::AnyChosen { question: question.into() }
}

/// An option.
pub(super) fn choice(code: &str, zh: &str, en: &str, spawn: Option<Spawn>) -> Choice {
    Choice { code: code.into(), label: label(zh, en), spawn }
}

/// The options of a code list.
pub(super) fn choices_of<C: CodeList>(spawn: impl Fn(C) -> Option<Spawn>) -> Vec<Choice> {
    C::ALL
        .iter()
        .map(|code| choice(code.code(), code.label(Language::ZhCn), code.label(Language::En), spawn(*code)))
        .collect()
}

/// A multi question of which 无变化 means "nothing new": a tick makes something, so it is never repeated.
pub(super) fn nothing_new(question: Question) -> Question {
    let no_change = NoChange { answer: Answer::Many([].into()), reuse_last: false };
    Question { no_change: Some(no_change), ..question }
}

/// 询问一: what changed about who lives here. Each tick opens that part of the card.
pub(super) fn residents() -> Question {
    let edit = |field: &str| Some(Spawn::Edit { field: field.into() });
    let options = vec![
        choice("member_added", "新增人员", "Somebody moved in", edit("members")),
        choice("member_left", "有人离开", "Somebody left", edit("members")),
        choice("tenant_changed", "租客更换", "New tenants", edit("members")),
        choice("house_status", "房屋状态变化", "Use of the home changed", edit("house_status")),
        choice("contact", "联系人变化", "Another person to ask for", edit("contact_name")),
    ];
    nothing_new(question("residents", "居住人员及变化", "Who lives here, what changed", Form::Multi { options }))
        .relevant_if(learned())
}

/// 困难诉求 by need code. Needs last: 无变化 repeats them.
pub(super) fn needs() -> Question {
    let options = choices_of::<NeedCode>(|code| Some(Spawn::Need { code }));
    let no_change = NoChange { answer: Answer::Many([].into()), reuse_last: true };
    Question {
        no_change: Some(no_change),
        ..question("needs", "困难诉求", "Needs", Form::Multi { options }).relevant_if(talked())
    }
}

/// What exactly is needed.
pub(super) fn needs_note() -> Question {
    text("needs_note", "诉求说明", "What is needed", 500).relevant_if(any_chosen("needs"))
}

/// 矛盾纠纷, by the categories of class 02.
pub(super) fn disputes() -> Question {
    let categories = find_group("02").map(|group| group.categories).unwrap_or_default();
    let options = categories.iter().map(|category| incident_choice(category.zh, category.en, category.code)).collect();
    nothing_new(question("disputes", "矛盾纠纷", "Disputes", Form::Multi { options })).relevant_if(talked())
}

/// 安全隐患. Also when nobody was home: a blocked stairwell can be seen from the stairwell.
pub(super) fn hazards() -> Question {
    let options = vec![
        incident_choice("电动车入户、飞线充电", "E-bike indoors, charging by loose cable", "03002"),
        incident_choice("燃气隐患", "Gas", "04001"),
        incident_choice("消防通道堵塞", "Blocked fire passage", "03001"),
        incident_choice("用电老化", "Old wiring", "03004"),
        incident_choice("房屋裂缝、漏水", "Cracks or leaks in the house", "06002"),
        incident_choice("高空坠物", "Things that may fall from above", "05006"),
        incident_choice("群租", "Overcrowded letting", "06003"),
    ];
    nothing_new(question("hazards", "安全隐患", "Hazards", Form::Multi { options }))
        .hinted("勾选后点一下就能报给社区", "Each tick can be reported to the community with one tap")
}

/// An option that makes an incident; its code is the category's.
pub(super) fn incident_choice(zh: &str, en: &str, category: &str) -> Choice {
    debug_assert!(find_category(category).is_some(), "{category}");
    choice(category, zh, en, Some(Spawn::Incident { category: category.into() }))
}

/// 一完善: the differences, read out to the resident.
pub(super) fn read_back() -> Question {
    tri_state("read_back", "改动已向住户念过", "Changes were read out to the resident")
        .without_no_change()
        .relevant_if(talked())
}

/// 宣传: what was explained, and how many leaflets.
pub(super) fn advice() -> Section {
    let options = choices_of::<Advice>(|_| None);
    let leaflets = Form::Number { min: Some(0), max: Some(99) };
    section(
        "advice",
        "宣传",
        "Advice",
        vec![
            question("advice", "宣传内容", "What was explained", Form::Multi { options }).stored_in(StoredIn::Advice),
            question("leaflets", "发放资料（份）", "Leaflets handed out", leaflets).stored_in(StoredIn::Leaflets),
        ],
    )
}

/// 跟进: what was promised, and for when.
pub(super) fn follow_up() -> Section {
    let promised = Rule::Answered { question: "follow_up_text".into() };
    section(
        "follow_up",
        "跟进",
        "Follow-up",
        vec![
            text("follow_up_text", "答应的事", "What was promised", 200).stored_in(StoredIn::FollowUpText),
            question("follow_up_date", "哪天之前", "By when", Form::Date)
                .relevant_if(promised)
                .stored_in(StoredIn::FollowUpDate),
        ],
    )
}

/// 佐证: photos and a remark, all optional.
pub(super) fn evidence() -> Section {
    section(
        "evidence",
        "佐证与备注",
        "Evidence and remark",
        vec![
            question("photos", "照片", "Photos", Form::Photo { limit: 3 })
                .hinted("选填，不影响提交", "Optional, never blocks saving"),
            text("note", "备注", "Remark", crate::visit::TEXT_LIMIT).stored_in(StoredIn::Note),
        ],
    )
}
