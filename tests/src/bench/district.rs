//! An invented district: a server with a roster of any size, and phones that enrol with it.

use std::path::Path;

use anyhow::{Context, Result};
use companion::Surroundings;
use companion::driver::{App, AppOptions};
use contract::{Enrol, GetSync, SyncNow};
use domain::account::Scope;
use domain::{Account, AccountId, GridCode, Role};
use roster::ReadOptions;
use spreadsheet::TableFile;
use sync_server::admin;
use sync_server::{Config, Limits, Running};
use tempfile::TempDir;

use crate::wire::Wire;

/// The grid of every benchmark.
pub(crate) const GRID: &str = "990102003007031";

/// A server with one grid.
pub(crate) struct District {
    pub(crate) server: Running,
    pub(crate) wire: Wire,
    pub(crate) worker: Account,
    _folder: TempDir,
}

impl District {
    /// Starts a server and imports `households` households.
    pub(crate) async fn found(households: usize) -> Result<Self> {
        let folder = TempDir::new()?;
        let mut config = Config::new(folder.path().to_owned());
        config.limits =
            Limits { burst: std::num::NonZeroU32::MAX, per_second: std::num::NonZeroU32::MAX, ..config.limits };
        let server = sync_server::start(config).await?;
        let roster = write_roster(households);
        let app = server.app();
        let options = ReadOptions { today: app.now().local_date(), grid: None };
        let file = TableFile { name: "bench.csv", bytes: roster.as_bytes() };
        admin::import_roster(app.store(), &[file], &options, app.now()).await?;
        let grid: GridCode = GRID.parse()?;
        let worker = Account {
            id: admin::new_account_id(app.now())?,
            name: "陈立".into(),
            role: Role::GridWorker,
            scope: Scope { grids: [grid].into(), ..Scope::default() },
        };
        admin::save_account(app.store(), worker.clone(), app.now()).await?;
        let wire = Wire::lay(server.addr).await?;
        Ok(Self { server, wire, worker, _folder: folder })
    }

    /// A single-use link for one more device of the account.
    pub(crate) async fn make_link(&self, account: AccountId) -> Result<String> {
        let app = self.server.app();
        let code = admin::create_enrolment_code(app.store(), account, 3_600_000, app.now()).await?;
        Ok(admin::enrolment_link(&self.wire.base_url(), &code.code))
    }

    /// Adds an account with these places.
    pub(crate) async fn add_account(&self, name: &str, role: Role, scope: Scope) -> Result<Account> {
        let app = self.server.app();
        let account = Account { id: admin::new_account_id(app.now())?, name: name.into(), role, scope };
        admin::save_account(app.store(), account.clone(), app.now()).await?;
        Ok(account)
    }

    /// A phone of that account, enrolled.
    pub(crate) async fn enrol_phone_of(&self, account: AccountId, folder: &Path) -> Result<App> {
        let app = open_phone(folder).await?;
        let text = self.make_link(account).await?;
        app.run(&Enrol { text }).await?;
        Ok(app)
    }

    /// A phone that is enrolled but has not waited for anything.
    pub(crate) async fn enrol_phone(&self, folder: &Path) -> Result<App> {
        self.enrol_phone_of(self.worker.id, folder).await
    }
}

/// Opens the app over a folder.
pub(crate) async fn open_phone(folder: &Path) -> Result<App> {
    let options = AppOptions {
        data_dir: folder.to_owned(),
        surroundings: Surroundings::of_device("bench"),
        site_ca: None,
        platform: "bench".into(),
    };
    Ok(App::start(options).await?)
}

/// Syncs until the digests match and nothing is unsent.
pub(crate) async fn sync_until_verified(app: &App) -> Result<()> {
    for _ in 0..10_000 {
        // What was verified before says nothing about what others have written since.
        app.run(&SyncNow {}).await?;
        if app.run(&GetSync {}).await?.summary.verified {
            return Ok(());
        }
    }
    anyhow::bail!("the phone never agreed with the server")
}

/// A roster as an office keeps it: six rooms a stairwell, three people a household, numbers that belong to nobody.
fn write_roster(households: usize) -> String {
    const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "解", "单"];
    const GIVEN: [&str; 12] =
        ["秀兰", "建国", "晓雨", "大勇", "建平", "立群", "桂芳", "志强", "丽华", "海燕", "明", "静"];
    let mut text = String::from("所属网格,小区名称,楼栋号,单元号,门牌号,居住状态,姓名,与户主关系,性别,手机,人口类别\n");
    for household in 0..households {
        let (building, rest) = (household / 72 + 1, household % 72);
        let (unit, rest) = (rest / 36 + 1, rest % 36);
        let room = (rest / 2 + 1) * 100 + rest % 2 + 1;
        for person in 0..3 {
            let name = format!("{}{}", SURNAMES[household % 12], GIVEN[(household / 12 + person * 5) % 12]);
            let relation = ["户主", "配偶", "子"][person];
            let tel = 19_900_000_000_u64 + (household * 3 + person) as u64;
            text.push_str(&format!(
                "{GRID},海棠花园,{building}栋,{unit}单元,{room},自住,{name},{relation},,{tel},户籍\n"
            ));
        }
    }
    text
}

/// One page of the household list, whole.
pub(crate) async fn list_all(app: &App, limit: usize) -> Result<Vec<contract::HouseholdRow>> {
    let mut rows = Vec::new();
    let mut request = contract::ListHouseholds::default();
    while rows.len() < limit {
        let page = app.run(&request).await?;
        rows.extend(page.rows);
        request.after = page.next;
        if request.after.is_none() {
            break;
        }
    }
    (!rows.is_empty()).then_some(rows).context("no households on the phone")
}
