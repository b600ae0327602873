//! What is typed stays, in a real window: under the system's Back, Escape, an input method, a missing name, and a
//! reminder that comes and goes over the page.
//!
//! One grid worker with the office's list. Nothing here can be tested without a browser's history, keys and tree of
//! elements; what the pages themselves decide is tested in `ui`.

use std::path::Path;

use anyhow::{Result, ensure};
use tests::window::{District, Phone, testid};

/// The office's list: one grid with 365 households. Everybody in it is invented.
const ROSTER: &str = "../crates/roster/testdata/roster-gb18030.csv";
/// Its grid.
const GRID: &str = "990102003007031";
const NAME: &str = "冯小满";
const TEL: &str = "19912345678";
/// WebDriver's name of the Escape key.
const ESCAPE: &str = "\u{E00C}";
/// 健康申报及诉求, which can carry an appointment.
const HEALTH_REQUEST: &str = "08001";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_leaves_the_screen_only_by_saving() -> Result<()> {
    let folder = tempfile::Builder::new().prefix("grid-typed").tempdir()?;
    let mut district = District::found(&folder.path().join("office"))?;
    let roster = Path::new(env!("CARGO_MANIFEST_DIR")).join(ROSTER);
    district.ask(&["import", "--create", &roster.to_string_lossy()])?;
    district.ask(&["account", "add", "--name", "陈立", "--role", "grid_worker", "--grid", GRID])?;
    district.connect()?;
    let phone = Phone::open("陈立", &folder.path().join("worker")).await?;
    phone.write(&testid("enrol-text"), &district.make_enrolment("陈立")?).await?;
    phone.tap(&testid("enrol-submit")).await?;
    phone.see(&testid("tab-today"), &[]).await?;
    phone.see(&format!("{}.gc-sync_verified", testid("sync-chip")), &[]).await?;
    phone.tap(&testid("tab-households")).await?;
    phone.tap(&testid("household-row")).await?;

    keep_under_back(&phone).await?;
    keep_under_escape(&phone).await?;
    ask_for_the_name(&phone).await?;
    phone.go_back().await?;
    phone.see(&testid("result-count"), &[]).await?;
    keep_under_a_reminder(&phone).await
}

async fn value_of(phone: &Phone, field: &str) -> Result<String> {
    Ok(phone.read(&testid(field)).await?.join("|"))
}

/// Back closes the sheet and not the page; what was typed can be gone on with.
async fn keep_under_back(phone: &Phone) -> Result<()> {
    phone.tap(&testid("add-member")).await?;
    phone.write(&testid("member-name"), NAME).await?;
    phone.write(&testid("member-tel"), TEL).await?;
    phone.go_back().await?;
    phone.see_gone(&testid("save-member"), &[]).await?;
    phone.see(&testid("record-visit"), &[]).await?;
    phone.see(&testid("aside"), &[NAME]).await?;
    phone.tap(&testid("resume-sheet")).await?;
    phone.see(&testid("member-name"), &[NAME]).await?;
    ensure!(value_of(phone, "member-tel").await? == TEL, "the number is not there any more");
    Ok(())
}

/// While an input method composes Escape is its own; afterwards it leaves the field and not the sheet.
async fn keep_under_escape(phone: &Phone) -> Result<()> {
    phone.compose_key(&testid("member-name"), "Escape").await?;
    phone.type_keys(&testid("member-name"), ESCAPE).await?;
    phone.see(&testid("save-member"), &[]).await?;
    ensure!(value_of(phone, "member-name").await? == NAME, "the name is not there any more");
    Ok(())
}

/// Without a name the sheet stays open, says so, and the field is marked; with it the person is saved.
async fn ask_for_the_name(phone: &Phone) -> Result<()> {
    phone.write(&testid("member-name"), "").await?;
    phone.tap(&testid("save-member")).await?;
    phone.see(&testid("problems"), &[]).await?;
    phone.see("#member-name[aria-invalid=\"true\"]", &[]).await?;
    ensure!(value_of(phone, "member-tel").await? == TEL, "the number is not there any more");
    phone.write(&testid("member-name"), NAME).await?;
    phone.tap(&testid("save-member")).await?;
    phone.see_gone(&testid("save-member"), &[]).await?;
    phone.see(&testid("member-row"), &[NAME]).await
}

/// A report with an appointment of today: the receipt comes although the reminder does, and a form that is open when
/// the reminder goes keeps what was typed. The last minute of a day is the one time this cannot be played.
async fn keep_under_a_reminder(phone: &Phone) -> Result<()> {
    phone.tap(&testid("tab-me")).await?;
    phone.tap(&testid("go-health")).await?;
    phone.tap(&testid("health-1")).await?;
    phone.tap(&testid(&format!("category-{HEALTH_REQUEST}"))).await?;
    phone.tap(&testid("booking")).await?;
    phone.write(&testid("booking-place"), "居民家中").await?;
    phone.write(&testid("booking-day"), &today()).await?;
    phone.write(&testid("booking-time"), "23:59").await?;
    phone.tap(&testid("submit-report")).await?;
    phone.see(&testid("receipt"), &[]).await?;
    phone.see(&testid("reminder"), &[]).await?;
    phone.see(&testid("receipt"), &[]).await?;

    phone.go_back_to_tabs(&testid("tab-today"), &testid("back")).await?;
    phone.tap(&testid("tab-households")).await?;
    phone.tap(&testid("household-row")).await?;
    phone.tap(&testid("record-visit")).await?;
    phone.tap(&testid("outcome-met")).await?;
    phone.tap(&testid("add-member")).await?;
    phone.write(&testid("member-name"), "冯小雨").await?;
    phone.tap(&testid("reminder-seen")).await?;
    phone.see_gone(&testid("reminder"), &[]).await?;
    ensure!(value_of(phone, "member-name").await? == "冯小雨", "the form was built anew");
    Ok(())
}

/// Today in China, as a date field takes it.
fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now = domain::UnixMillis::new(i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
    domain::time::format_day(now.local_date())
}
