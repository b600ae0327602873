//! Old app, newer record: what it does not know it carries along.

use documents::{EditError, FORMAT, RecordDocument};
use domain::flat::MergeRule;
use domain::record::{Breach, Kind};
use domain::{GridCode, Household, Record, RecordId};
use serde::{Deserialize, Serialize};

use crate::people::*;

/// A household as a later version may know it: a field more, a code more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct NextHousehold {
    #[serde(flatten)]
    today: serde_json::Map<String, serde_json::Value>,
    lift_works: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    energy: Option<Energy>,
    #[serde(skip)]
    grid_code: Option<GridCode>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Energy {
    meter: String,
    kilowatts: f64,
}

impl Record for NextHousehold {
    const KIND: Kind = Kind::Household;

    fn record_id(&self) -> RecordId {
        self.today["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
    }

    fn grid(&self) -> &GridCode {
        self.grid_code.as_ref().expect("not asked in these stories")
    }

    fn merge_rule(path: &str) -> MergeRule {
        Household::merge_rule(path)
    }

    fn find_breaches(&self) -> Vec<Breach> {
        Vec::new()
    }
}

fn next_household() -> NextHousehold {
    let serde_json::Value::Object(mut today) = serde_json::to_value(household()).expect("json") else {
        panic!("a map")
    };
    today.insert("house_status".into(), "7".into());
    today["needs"]["77"] = "open".into();
    NextHousehold {
        today,
        lift_works: true,
        energy: Some(Energy { meter: "M-1".into(), kilowatts: 2.5 }),
        grid_code: None,
    }
}

#[test]
fn an_older_app_reads_edits_and_carries_unknown_fields_and_codes_along() {
    let (mut document, _) = RecordDocument::create(&next_household(), &wang(0)).expect("created");
    let reading = read::<Household>(&document);
    assert_eq!(reading.record.house_status, Some(domain::codes::HouseStatus::Unknown));
    edit::<Household>(&mut document, &li(10), |h| h.contact_name = "钱二".into()).expect("a change");
    edit::<Household>(&mut document, &li(11), |h| h.note.clear()).expect("a change");

    let mut expected = next_household();
    expected.today.insert("contact_name".into(), "钱二".into());
    expected.today.remove("note");
    assert_eq!(read::<NextHousehold>(&document).record, expected);
}

#[test]
fn a_record_is_written_in_the_format_of_this_app() {
    let (document, _) = RecordDocument::create(&household(), &wang(0)).expect("created");
    assert_eq!(read::<Household>(&document).format, FORMAT);
    assert!(!matches!(document.read::<domain::Incident>(), Err(documents::ReadError::NotARecord)));
}

#[test]
fn reserved_paths_cannot_be_imported() {
    let (mut document, _) = RecordDocument::create(&household(), &wang(0)).expect("created");
    let heads = document.heads();
    for path in ["kind", "format", "a..b", "", "1.2.3.4.5.6.7.8.9"] {
        let error = document.edit_at(&heads, &[(path.to_owned(), None)], &office(1)).expect_err(path);
        assert!(matches!(error, EditError::ReservedPath(_)), "{path}");
    }
}
