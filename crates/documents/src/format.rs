//! The number at the root key `format`, and how old records become new ones.
//!
//! A field added by a newer app is a new path: that needs no new format. The number rises only when the meaning of
//! an existing path changes. An app that meets a higher number than it knows reads what it can and refuses to edit;
//! one that meets a lower number upgrades the flat form in memory, and its first edit writes what the upgrade added
//! together with the new number. Steps are pure, so two apps that upgrade the same record write equal values.
//!
//! Steps only add paths: a removed path would be lost to an older app that still looks at it.

use domain::Kind;
use domain::flat::Flat;

/// The format this version writes.
pub const FORMAT: i64 = 1;

/// One step: what a record of `kind` in format `from` needs to be one of `from + 1`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UpgradeStep {
    /// The kind it applies to.
    pub(crate) kind: Kind,
    /// The format it starts from.
    pub(crate) from: i64,
    /// Adds paths; never changes or removes one.
    pub(crate) add: fn(&Flat) -> Flat,
}

/// The highest known format, and the steps that lead there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormatRules {
    /// The highest format this app writes.
    pub(crate) known: i64,
    /// In any order; at most one per kind and format.
    pub(crate) steps: &'static [UpgradeStep],
}

/// The rules of this version.
pub(crate) const CURRENT: FormatRules = FormatRules { known: FORMAT, steps: &[] };

impl FormatRules {
    /// What must be added to a record of `kind` and `format` so that this version can read it.
    pub(crate) fn plan_upgrade(&self, kind: Kind, format: i64, flat: &Flat) -> Flat {
        let mut upgraded = flat.clone();
        let mut added = Flat::new();
        for from in format.max(0)..self.known {
            for step in self.steps.iter().filter(|step| step.kind == kind && step.from == from) {
                for (path, scalar) in (step.add)(&upgraded) {
                    if !upgraded.contains_key(&path) {
                        upgraded.insert(path.clone(), scalar.clone());
                        added.insert(path, scalar);
                    }
                }
            }
        }
        added
    }
}

#[cfg(test)]
mod tests {
    use automerge::transaction::Transactable;
    use automerge::{Automerge, ROOT, ReadDoc};
    use domain::flat::{MergeRule, Scalar, flatten};
    use domain::record::Breach;
    use domain::{AccountId, GridCode, InstallationId, Record, RecordId, UnixMillis};
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::reading::{ANY_TIME, read_document};
    use crate::scalar::FORMAT_KEY;
    use crate::{Author, EditError, RecordDocument};

    /// A visit as format 3 knows it. Format 1 had `door`; 2 added `room` with its value, 3 `floor` from the room.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Call {
        id: RecordId,
        grid: GridCode,
        room: String,
        floor: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    }

    impl Record for Call {
        const KIND: Kind = Kind::Visit;

        fn record_id(&self) -> RecordId {
            self.id
        }

        fn grid(&self) -> &GridCode {
            &self.grid
        }

        fn merge_rule(_path: &str) -> MergeRule {
            MergeRule::Choose
        }

        fn find_breaches(&self) -> Vec<Breach> {
            Vec::new()
        }
    }

    const RULES: FormatRules = FormatRules {
        known: 3,
        steps: &[
            UpgradeStep {
                kind: Kind::Visit,
                from: 2,
                add: |flat| match flat.get("room") {
                    Some(Scalar::Text(room)) => [("floor".to_owned(), Scalar::Text(room[..1].to_owned()))].into(),
                    _ => Flat::new(),
                },
            },
            UpgradeStep {
                kind: Kind::Visit,
                from: 1,
                add: |flat| flat.get("door").map(|door| ("room".to_owned(), door.clone())).into_iter().collect(),
            },
        ],
    };

    fn author(n: u8) -> Author {
        Author {
            account: AccountId::new(UnixMillis::new(1), [n; 10]),
            installation: InstallationId::new(UnixMillis::new(2), [n; 10]),
            at: UnixMillis::new(i64::from(n)),
        }
    }

    fn old_document() -> RecordDocument {
        let mut doc = Automerge::new();
        let mut tx = doc.transaction();
        let id = RecordId::new(UnixMillis::new(1), [1; 10]).to_string();
        for (path, value) in [("kind", "visit"), ("id", &id), ("grid", "990101001001001"), ("door", "402")] {
            tx.put(ROOT, path, value).expect("written");
        }
        tx.put(ROOT, FORMAT_KEY, 1).expect("written");
        tx.commit();
        RecordDocument { doc }
    }

    #[test]
    fn an_old_record_is_upgraded_step_by_step_in_memory() {
        let document = old_document();
        let heads = document.heads();
        let call = read_document::<Call>(&document.doc, &RULES, ANY_TIME).expect("read").reading;
        assert_eq!((call.record.room.as_str(), call.record.floor.as_str(), call.format), ("402", "4", 1));
        assert_eq!(document.heads(), heads, "reading writes nothing");
    }

    #[test]
    fn the_first_edit_writes_the_upgrade_and_two_phones_that_upgrade_agree() {
        let (mut wangs, mut lis) = (old_document(), RecordDocument { doc: Automerge::new() });
        let shared: Vec<_> = wangs.changes_since(&[]);
        lis.doc = Automerge::load(&wangs.save()).expect("a copy");
        assert_eq!(shared.len(), 1);
        for (document, n) in [(&mut wangs, 1), (&mut lis, 2)] {
            let mut call = read_document::<Call>(&document.doc, &RULES, ANY_TIME).expect("read").reading.record;
            assert_eq!(document.edit_with(&call, &author(n), &RULES, ANY_TIME).expect("no edit"), None);
            call.note = format!("注{n}");
            document.edit_with(&call, &author(n), &RULES, ANY_TIME).expect("an edit").expect("a change");
            assert!(document.doc.get(ROOT, "floor").expect("asked").is_some());
        }
        wangs.doc.merge(&mut lis.doc).expect("merged");
        let reading = read_document::<Call>(&wangs.doc, &RULES, ANY_TIME).expect("read").reading;
        let paths: Vec<_> = reading.conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
        assert_eq!((reading.format, paths), (3, vec!["note"]), "only what people wrote is asked");
        assert_eq!(flatten(&reading.record).expect("flat")["room"], Scalar::Text("402".into()));
    }

    #[test]
    fn an_older_app_refuses_to_edit_what_was_upgraded() {
        let mut document = old_document();
        let mut call = read_document::<Call>(&document.doc, &RULES, ANY_TIME).expect("read").reading.record;
        call.note = "注".into();
        document.edit_with(&call, &author(1), &RULES, ANY_TIME).expect("an edit");
        call.note = "又注".into();
        let older = FormatRules { known: 2, ..RULES };
        let error = document.edit_with(&call, &author(2), &older, ANY_TIME).expect_err("refused");
        assert!(matches!(error, EditError::NewerFormat { found: 3, known: 2 }));
    }

    #[test]
    fn the_steps_of_this_version_lead_to_its_format() {
        assert!(CURRENT.steps.iter().all(|step| (1..FORMAT).contains(&step.from)));
        assert_eq!(CURRENT.known, FORMAT);
    }
}
