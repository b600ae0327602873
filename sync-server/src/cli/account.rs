//! `account`

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::account::Scope;
use domain::codes::{CodeList as _, Language};
use domain::{AccountId, AreaCode, BuildingCode, GridCode, OrgCode, Role};
use sync_server::admin::{clean_name, close_account, find_account, new_account_id, save_account, save_tel};
use sync_server::store::{DeviceId, Store, Trust};

/// Add, list and close accounts, change their places, take trust from their devices.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Account {
    /// Add an account; prints its id.
    Add {
        /// The name colleagues see.
        #[arg(long, value_parser = parse_name)]
        name: String,
        /// grid_worker, building_lead, community_clerk, dispatcher, handler or supervisor.
        #[arg(long, value_parser = parse_role)]
        role: Role,
        #[command(flatten)]
        places: Places,
        /// Telephone number at work, for whoever handles what this person reports.
        #[arg(long)]
        tel: Option<String>,
        /// Print the account as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Replace the places of an account.
    Move {
        /// Id or name.
        #[arg(long)]
        account: String,
        #[command(flatten)]
        places: Places,
    },
    /// Note, change or take away the telephone number of an account.
    Tel {
        /// Id or name.
        #[arg(long)]
        account: String,
        /// The number; without it, none is kept any more.
        #[arg(long)]
        tel: Option<String>,
    },
    /// Take an account's places, devices and codes; what it wrote keeps its name. `move` and a new code open it again.
    Close {
        /// Id or name.
        #[arg(long)]
        account: String,
    },
    /// List accounts and how many devices they have.
    List {
        /// One account per line as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take trust from the devices of an account, or from one of them.
    RevokeDevice {
        /// Id or name.
        #[arg(long)]
        account: String,
        /// One device only.
        #[arg(long)]
        device: Option<uuid::Uuid>,
    },
}

/// Where an account may act.
#[derive(Debug, clap::Args)]
pub(crate) struct Places {
    /// Grid, 15 digits; may be repeated.
    #[arg(long)]
    grid: Vec<GridCode>,
    /// Building, 20 digits; may be repeated.
    #[arg(long)]
    building: Vec<BuildingCode>,
    /// Town or street, 12 digits.
    #[arg(long)]
    town: Option<AreaCode>,
    /// Village or community, 12 digits.
    #[arg(long)]
    community: Option<AreaCode>,
    /// Organisation that handles incidents: its code in reference data. A community clerk may have one too: the
    /// community's own, for small matters.
    #[arg(long)]
    org: Option<OrgCode>,
}

impl Places {
    /// The places, if they are of the kind that the role has.
    fn into_scope(self, role: Role) -> anyhow::Result<Scope> {
        let given = [
            !self.grid.is_empty(),
            !self.building.is_empty(),
            self.town.is_some(),
            self.community.is_some(),
            self.org.is_some(),
        ];
        // grid, building, town, community, organisation
        let is_fit = match role {
            Role::GridWorker => given == [true, false, false, false, false],
            Role::BuildingLead => given == [false, true, false, false, false],
            Role::Dispatcher => given == [false, false, true, false, false],
            Role::CommunityClerk => given[..4] == [false, false, false, true],
            Role::Handler => given == [false, false, false, false, true],
            Role::Supervisor => given == [false; 5],
            Role::Office | Role::System | Role::Unknown => false,
        };
        if !is_fit {
            bail!(
                "网格员要有 --grid，楼长要有 --building，社区受理员要有 --community（可加 --org 本社区），\
                 镇街指挥中心要有 --town，处置单位要有 --org，区级督办不带地点；每种只能有自己的那一项"
            );
        }
        if self.town.as_ref().is_some_and(|town| !is_town(town)) {
            bail!("--town 要填镇街代码（12 位，末三位是 000）");
        }
        if self.community.as_ref().is_some_and(is_town) {
            bail!("--community 要填社区代码（12 位，末三位不是 000），给的是镇街代码");
        }
        Ok(Scope {
            grids: self.grid.into_iter().collect(),
            buildings: self.building.into_iter().collect(),
            town: self.town,
            community: self.community,
            org: self.org,
        })
    }
}

fn is_town(area: &AreaCode) -> bool {
    area.as_str().ends_with("000")
}

fn parse_name(text: &str) -> Result<String, String> {
    clean_name(text).map_err(|error| error.to_string())
}

fn parse_role(text: &str) -> Result<Role, String> {
    match Role::from_code(&text.replace('-', "_")) {
        Role::Unknown | Role::Office | Role::System => {
            Err("角色只能是 grid_worker、building_lead、community_clerk、dispatcher、handler、supervisor 之一".into())
        }
        role => Ok(role),
    }
}

impl Account {
    /// Only adding: whom should the others find?
    pub(super) fn may_begin_ledger(&self) -> bool {
        matches!(self, Self::Add { .. })
    }

    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        match self {
            Self::Add { name, role, places, tel, json } => {
                let id = new_account_id(super::now()).context("no random bytes")?;
                let account = domain::Account { id, name, role, scope: places.into_scope(role)? };
                save_account(store, account.clone(), super::now()).await?;
                if let Some(tel) = tel {
                    save_tel(store, id, &tel, super::now()).await?;
                }
                if json {
                    super::print(serde_json::to_string(&account)?);
                } else {
                    super::print(account.id);
                }
            }
            Self::Move { account, places } => {
                let account = find_account(store, &account).await?;
                let scope = places.into_scope(account.role)?;
                save_account(store, domain::Account { scope, ..account }, super::now()).await?;
            }
            Self::Tel { account, tel } => {
                let account = find_account(store, &account).await?.id;
                save_tel(store, account, &tel.unwrap_or_default(), super::now()).await?;
                super::print("号码已更新。已在处置单位手机上的事件，要到它下一次有变动时才换成新号码。");
            }
            Self::Close { account } => {
                let account = find_account(store, &account).await?;
                let revoked = close_account(store, account, super::now()).await?;
                super::print(format_args!("账号已停用，其中 {revoked} 台设备不再可用"));
            }
            Self::List { json } => list(store, json).await?,
            Self::RevokeDevice { account, device } => {
                let account = find_account(store, &account).await?.id;
                let revoked = store.revoke_devices(account, device.map(DeviceId), super::now()).await?;
                store.append_audit(super::now(), "device_revoke", account.to_string()).await?;
                super::print(format_args!("已停用 {revoked} 台设备"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list<S: Store>(store: &S, json: bool) -> anyhow::Result<()> {
    let accounts = store.list_accounts().await?;
    let tels = store.list_tels(accounts.iter().map(|account| account.id).collect()).await?;
    for account in accounts {
        if json {
            super::print(serde_json::to_string(&account)?);
            continue;
        }
        let trusted = count_trusted(store, account.id).await?;
        let role = account.role.label(Language::ZhCn);
        super::print(format_args!(
            "{}  {role}  {}  {}  设备 {trusted}{}",
            account.id,
            account.name,
            show_places(account.role, &account.scope),
            tels.get(&account.id).map(|tel| format!("  电话 {tel}")).unwrap_or_default()
        ));
    }
    Ok(())
}

/// The places of an account on one line.
fn show_places(role: Role, scope: &Scope) -> String {
    let grids = scope.grids.iter().map(|grid| format!("网格 {}", grid.as_str()));
    let buildings = scope.buildings.iter().map(|building| format!("楼栋 {}", building.as_str()));
    let town = scope.town.iter().map(|town| format!("镇街 {}", town.as_str()));
    let community = scope.community.iter().map(|community| format!("社区 {}", community.as_str()));
    let org = scope.org.iter().map(|org| format!("单位 {}", org.as_str()));
    let places: Vec<String> = grids.chain(buildings).chain(town).chain(community).chain(org).collect();
    match (places.is_empty(), role) {
        (false, _) => places.join("，"),
        (true, Role::Supervisor | Role::Office) => "全区".to_owned(),
        (true, _) => "已停用".to_owned(),
    }
}

async fn count_trusted<S: Store>(store: &S, account: AccountId) -> anyhow::Result<usize> {
    let devices = store.list_devices(account).await?;
    Ok(devices.iter().filter(|device| device.trust == Trust::Trusted).count())
}
