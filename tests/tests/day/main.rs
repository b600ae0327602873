//! A working day, in real windows with a real server: what issue and README promise, seen from outside.
//!
//! 陈立 is the grid worker of a grid, 周桂芳 leads one of its buildings. Both pull their places in the morning. Then the
//! server is gone; both work on, on the same household. 陈立's phone dies and comes back. In the evening the server is
//! there again: both see the same, and where they contradict each other both see both. Then the desk and a handler
//! join: 王敏 dispatches what 陈立 saw in the stairwell, 赵磊 of the property company settles it, 陈立 looks, asks the
//! resident and closes it.
//!
//! Everything is found by `data-testid`; the words checked are names, codes and numbers of the sample roster.

mod desk;
mod evening;
mod ledger;
mod morning;
mod offline;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tests::window::{Album, District, Phone, testid};

/// The office's list: one grid with 365 households. Everybody in it is invented.
const ROSTER: &str = "../crates/roster/testdata/roster-gb18030.csv";
/// Its grid.
const GRID: &str = "990102003007031";
/// The property company, as the sample of reference data names it: code and name.
const ORGANISATION: &str = "jingui-property";
const ORGANISATION_NAME: &str = "金桂物业";
/// The building that 周桂芳 leads, as `(compound, name)`.
const BUILDING: (&str, &str) = ("海棠花园", "1栋");

/// The household that both visit: its door, whom to ask for, and her initials as one types them.
const DOOR: &str = "1栋1单元103";
const CONTACT: &str = "冯涛桂";
const INITIALS: &str = "ftg";
/// Whom to ask for from now on, says 陈立.
const CONTACT_BY_WORKER: &str = "冯子";
/// Whom to ask for from now on, says 周桂芳.
const CONTACT_BY_LEAD: &str = "冯桂云";
/// Who has moved in, and her number.
const NEW_MEMBER: &str = "冯小满";
const NEW_TEL: &str = "19912345678";
/// What 陈立 sees in the stairwell: 消防通道堵塞.
const HAZARD: &str = "03001";
/// Another household, where he only begins a form; and what he has typed when his phone dies.
const OTHER_CONTACT: &str = "黄莲桂";
const OTHER_INITIALS: &str = "hlg";
const UNFINISHED: &str = "门口堆着纸箱，说好周末清走";

/// Everything and everybody of the day.
struct Day {
    album: Album,
    district: District,
    worker: Phone,
    lead: Phone,
    /// Code of the building that 周桂芳 leads.
    building: String,
    // Dropped last, after everything that uses the files in it.
    folder: TempDir,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_working_day() -> Result<()> {
    let mut day = begin().await?;
    day.pull_in_the_morning().await?;
    day.cut_off_the_server();
    day.visit_as_worker().await?;
    day.visit_as_lead().await?;
    day.kill_and_start_again().await?;
    day.come_back_online().await?;
    day.see_both_entries().await?;
    day.close_the_incident().await?;
    day.look_for_numbers_on_the_leads_phone()?;
    day.count_the_ledger()?;
    day.album.tell("everything is as it should be");
    Ok(())
}

/// The office imports its list, adds two people, and opens for the day; two phones are switched on.
async fn begin() -> Result<Day> {
    let folder = tempfile::Builder::new().prefix("grid-day").tempdir()?;
    let album = Album::begin()?;
    let mut district = District::found(&folder.path().join("office"))?;
    let imported = district.ask(&["import", "--create", &roster_file().to_string_lossy()])?;
    album.tell(&format!("the office imports {} households, {} persons", imported["households"], imported["persons"]));
    let buildings = district.list(&["building", "list", "--grid", GRID])?;
    let building = buildings.iter().find(|each| each["compound"] == BUILDING.0 && each["name"] == BUILDING.1);
    let building = building.and_then(|each| each["code"].as_str()).context("the sample building")?.to_owned();
    district.ask(&["account", "add", "--name", "陈立", "--role", "grid_worker", "--grid", GRID])?;
    district.ask(&["account", "add", "--name", "周桂芳", "--role", "building_lead", "--building", &building])?;
    district.ask(&["reference", "set", &sample("reference.json").to_string_lossy()])?;
    let town = format!("{}000", &GRID[..9]);
    district.ask(&["account", "add", "--name", "王敏", "--role", "dispatcher", "--town", &town])?;
    district.ask(&["account", "add", "--name", "赵磊", "--role", "handler", "--org", ORGANISATION])?;
    district.connect()?;
    let worker = Phone::open("陈立", &folder.path().join("worker")).await?;
    let lead = Phone::open("周桂芳", &folder.path().join("lead")).await?;
    Ok(Day { album, district, worker, lead, building, folder })
}

/// A sample that ships with the server.
fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sync-server/testdata").join(name)
}

fn roster_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(ROSTER)
}

impl Day {
    /// Nobody can reach the server from now on.
    fn cut_off_the_server(&mut self) {
        self.district.cut_off();
        self.album.tell("the server is cut off");
    }
}

/// Back to a page with tabs, and onto one of them.
async fn go_to(phone: &Phone, tab: &str) -> Result<()> {
    phone.go_back_to_tabs(&testid("tab-today"), &testid("back")).await?;
    phone.tap(&testid(tab)).await
}

/// Finds a household by typing into the search.
async fn find_household(phone: &Phone, initials: &str, texts: &[&str]) -> Result<()> {
    go_to(phone, "tab-households").await?;
    phone.write(&testid("search"), "").await?;
    phone.type_keys(&testid("search"), initials).await?;
    phone.see(&testid("result-count"), &[initials]).await?;
    phone.see(&testid("household-row"), texts).await
}

/// Opens the household of the day.
async fn open_household(phone: &Phone) -> Result<()> {
    find_household(phone, INITIALS, &[DOOR]).await?;
    phone.tap_text(&testid("household-row"), &[DOOR]).await?;
    phone.see(&testid("record-visit"), &[]).await
}

/// All bytes that an app keeps, whatever the file is called.
fn read_all_files(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(read_all_files(&path)?);
        } else {
            files.push((path.clone(), fs::read(&path)?));
        }
    }
    Ok(files)
}
