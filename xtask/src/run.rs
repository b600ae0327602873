//! `cargo xtask run`: a district on this machine, and a grid worker's phone in a window.
//!
//! Flow: install, build, then in `.run/` a server with the sample roster, its services and organisations, and five
//! people (grid worker, building lead, community clerk, dispatcher, handler), each with a device of their own; the
//! worker's phone opens. The second time the data is there and only the window is new. `--fresh` throws the data away,
//! `--as dispatcher` opens another device. `--headless` plays a whole day instead (see `tests/src/window`).
//!
//! Everything is built in the dev profile: about a third of the release build's time, shared with the tests, and quick
//! enough for a grid of some hundred households.
//!
//! Failure: whatever is missing is said in one line; a run that broke off halfway is continued, because each step
//! looks first whether it is done. An enrolment code is made each time and simply expires if the phone needs none.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::install::{self, Packages};
use crate::server::{Office, choose_port, is_free};
use crate::step::{say, step};
use crate::workspace::{cargo, execute, root, run_folder};
use crate::{app, build_ui};

/// The office's list that a first run imports: one grid, 365 households. Everybody in it is invented.
const ROSTER: &str = "crates/roster/testdata/roster-gb18030.csv";
/// Its grid.
const GRID: &str = "990102003007031";
/// Services, notices and organisations that a first run publishes. All invented.
const REFERENCE: &str = "sync-server/testdata/reference.json";
/// The handler's organisation in it.
const ORGANISATION: &str = "jingui-property";
/// The building of the building lead, as `(compound, name)`.
const BUILDING: (&str, &str) = ("海棠花园", "1栋");

#[derive(Args)]
pub(crate) struct Options {
    /// Throw away the data of earlier runs first
    #[arg(long)]
    fresh: bool,
    /// Play a working day in windows that nobody sees, and say what each person sees
    #[arg(long)]
    headless: bool,
    /// Whose phone to open
    #[arg(long = "as", value_enum, default_value_t = Person::Worker)]
    person: Person,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Person {
    /// The grid worker 陈立
    Worker,
    /// The building lead 周桂芳
    Lead,
    /// The community clerk 何静
    Clerk,
    /// The street dispatcher 王敏
    Dispatcher,
    /// The handler 赵磊 of 金桂物业
    Handler,
}

impl Person {
    const ALL: [Self; 5] = [Self::Worker, Self::Lead, Self::Clerk, Self::Dispatcher, Self::Handler];

    /// Key in the notes and name of the phone's folder.
    const fn key(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Lead => "lead",
            Self::Clerk => "clerk",
            Self::Dispatcher => "dispatcher",
            Self::Handler => "handler",
        }
    }

    /// The office adds this person; gives the account's id.
    fn add(self, office: &Office) -> Result<Value> {
        let (name, role, place) = match self {
            Self::Worker => ("陈立", "grid_worker", ["--grid", GRID].map(str::to_owned)),
            Self::Lead => ("周桂芳", "building_lead", ["--building".to_owned(), find_building(office)?]),
            Self::Clerk => ("何静", "community_clerk", ["--community", &GRID[..12]].map(str::to_owned)),
            Self::Dispatcher => ("王敏", "dispatcher", ["--town".to_owned(), format!("{}000", &GRID[..9])]),
            Self::Handler => ("赵磊", "handler", ["--org", ORGANISATION].map(str::to_owned)),
        };
        let arguments = ["account", "add", "--name", name, "--role", role, &place[0], &place[1]];
        Ok(office.ask(&arguments)?["id"].clone())
    }
}

/// The code that the import gave to the sample building.
fn find_building(office: &Office) -> Result<String> {
    let buildings = office.list(&["building", "list", "--grid", GRID])?;
    let found = buildings.iter().find(|each| each["compound"] == BUILDING.0 && each["name"] == BUILDING.1);
    let code = found.and_then(|each| each["code"].as_str());
    Ok(code.context("the sample roster has no such building")?.to_owned())
}

/// Does what the options ask for.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.headless {
        return play_the_day();
    }
    if !app::has_display() {
        bail!(
            "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): try `cargo xtask run --headless`"
        );
    }
    install::install_packages(&[Packages::Build, Packages::Window])?;
    build_ui::install_needed()?;
    build_ui::build()?;
    build_programs()?;
    if options.fresh && run_folder().exists() {
        fs::remove_dir_all(run_folder()).context("cannot remove .run")?;
    }
    open_phone(options.person)
}

/// Server and app.
fn build_programs() -> Result<()> {
    step("Building server and app in the dev profile (the first time takes some minutes)", || {
        execute(cargo().args(["build", "--package", "sync-server", "--package", "grid-companion", "--bins"]))
    })
}

fn open_phone(person: Person) -> Result<()> {
    let folder = run_folder().join("server");
    fs::create_dir_all(&folder).context("cannot create .run")?;
    let office = Office::at(&folder);
    let mut notes = Notes::read()?;
    if notes.get("imported").is_none() {
        let answer = step("Importing the sample roster", || {
            office.ask(&["import", "--create", &root().join(ROSTER).to_string_lossy()])
        })?;
        say(&format!("  {} households, {} persons", answer["households"], answer["persons"]));
        notes.set("imported", json!(true))?;
    }
    if notes.get("published").is_none() {
        step("Publishing services, notices and organisations", || {
            office.ask(&["reference", "set", &root().join(REFERENCE).to_string_lossy()])
        })?;
        notes.set("published", json!(true))?;
    }
    if notes.get("port").is_none() {
        notes.set("port", json!(choose_port()?))?;
    }
    let port = notes.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok()).unwrap_or_default();
    ensure!(
        is_free(port),
        "port {port}, which the phones know, is taken: stop the other run, or begin anew with --fresh"
    );

    let mut enrolments = Vec::new();
    for each in Person::ALL {
        if notes.get(each.key()).is_none() {
            notes.set(each.key(), each.add(&office)?)?;
        }
        let id = notes.get(each.key()).and_then(Value::as_str).context("account add gave no id")?.to_owned();
        let answer = office.ask(&["enrol", "--account", &id, "--server", &format!("http://127.0.0.1:{port}")])?;
        enrolments.push((each, answer["link"].as_str().context("enrol gave no link")?.to_owned()));
    }
    let _serving = step(&format!("Starting the server on port {port}"), || office.serve(port))?;
    for (each, enrolment) in &enrolments {
        // The desk and the handler are enrolled when they are opened first; worker and lead share a building at once.
        let is_neighbour = matches!(each, Person::Worker | Person::Lead);
        if *each != person && is_neighbour && notes.get(&format!("{}-enrolled", each.key())).is_none() {
            step(&format!("Enrolling the phone of the {}", each.key()), || app::enrol(&phone(*each), enrolment))?;
            notes.set(&format!("{}-enrolled", each.key()), json!(true))?;
        }
    }
    let enrolment =
        enrolments.iter().find(|(each, _)| *each == person).map(|(_, text)| text.as_str()).unwrap_or_default();
    say(&format!("The phone of the {} is open; close its window or press Ctrl-C to stop everything.", person.key()));
    execute(&mut app::open(&phone(person), enrolment))
}

fn phone(person: Person) -> PathBuf {
    run_folder().join(person.key())
}

/// The working day, in windows under Xvfb.
fn play_the_day() -> Result<()> {
    install::install_packages(&[Packages::Build, Packages::Window, Packages::HeadlessWindow])?;
    build_ui::install_needed()?;
    build_ui::build()?;
    build_programs()?;
    let pictures = run_folder().join("day");
    if pictures.exists() {
        fs::remove_dir_all(&pictures)?;
    }
    fs::create_dir_all(&pictures)?;
    step("Playing a working day in the windows of five people", || {
        let mut day = cargo();
        day.args([
            "test",
            "--quiet",
            "--package",
            "tests",
            "--features",
            "window",
            "--test",
            "day",
            "--",
            "--nocapture",
        ]);
        execute(day.env("GRID_DAY_PICTURES", &pictures))
    })?;
    say(&format!("Pictures of every step: {}", pictures.display()));
    Ok(())
}

/// What a run remembers for the next one: `.run/notes.json`.
struct Notes {
    file: PathBuf,
    values: serde_json::Map<String, Value>,
}

impl Notes {
    fn read() -> Result<Self> {
        let file = run_folder().join("notes.json");
        let values = match fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).context(".run/notes.json is damaged: begin anew with --fresh")?,
            Err(_) => serde_json::Map::new(),
        };
        Ok(Self { file, values })
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key).filter(|value| !value.is_null())
    }

    fn set(&mut self, key: &str, value: Value) -> Result<()> {
        self.values.insert(key.to_owned(), value);
        fs::write(&self.file, serde_json::to_string_pretty(&self.values)?).context("cannot write .run/notes.json")
    }
}
