//! `account`

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::account::Scope;
use domain::codes::{CodeList as _, Language};
use domain::{AccountId, AreaCode, BuildingCode, GridCode, OrgCode, Role};
use sync_server::admin::{
    clean_name, close_account, find_account, find_unknown_places, new_account_id, save_account, save_tel,
};
use sync_server::store::{DeviceId, Store, Trust};

use super::words::{parse_area, parse_building, parse_device, parse_grid, parse_org};

/// 新增、列出、停用账号，更改负责范围，停用设备。
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Account {
    /// 新增账号，打印它的编号。
    Add {
        /// 同事看到的姓名。
        #[arg(long, value_parser = parse_name)]
        name: String,
        /// 角色：grid_worker 网格员、building_lead 楼长、community_clerk 社区受理员、dispatcher 镇街指挥中心、
        /// handler 处置单位、supervisor 区级督办。
        #[arg(long, value_parser = parse_role)]
        role: Role,
        #[command(flatten)]
        places: Places,
        /// 工作电话，供处置此人上报事件的单位联系。
        #[arg(long)]
        tel: Option<String>,
        /// 以 JSON 打印账号。
        #[arg(long)]
        json: bool,
    },
    /// 更换账号的负责范围。
    Move {
        /// 账号编号或姓名。
        #[arg(long)]
        account: String,
        #[command(flatten)]
        places: Places,
    },
    /// 登记、更改或去掉账号的工作电话。
    Tel {
        /// 账号编号或姓名。
        #[arg(long)]
        account: String,
        /// 号码；不填则不再保留。
        #[arg(long)]
        tel: Option<String>,
    },
    /// 停用账号：收回范围、设备和开通码，记录上的姓名保留；用 move 和新的开通码可再启用。
    Close {
        /// 账号编号或姓名。
        #[arg(long)]
        account: String,
    },
    /// 列出账号及其设备数。
    List {
        /// 每行一个账号，JSON 格式。
        #[arg(long)]
        json: bool,
    },
    /// 停用账号的全部设备，或其中一台。
    RevokeDevice {
        /// 账号编号或姓名。
        #[arg(long)]
        account: String,
        /// 只停用这台设备。
        #[arg(long, value_parser = parse_device)]
        device: Option<uuid::Uuid>,
    },
}

/// Where an account may act.
#[derive(Debug, clap::Args)]
pub(crate) struct Places {
    /// 网格编码，15 位；可重复。
    #[arg(long, value_parser = parse_grid)]
    grid: Vec<GridCode>,
    /// 楼栋编码，20 位；可重复。
    #[arg(long, value_parser = parse_building)]
    building: Vec<BuildingCode>,
    /// 镇街代码，12 位。
    #[arg(long, value_parser = parse_area)]
    town: Option<AreaCode>,
    /// 社区（村）代码，12 位。
    #[arg(long, value_parser = parse_area)]
    community: Option<AreaCode>,
    /// 处置单位代码，见基础数据；社区受理员也可填本社区，用于自己处置小事。
    #[arg(long, value_parser = parse_org)]
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
                let id = new_account_id(super::now()).context("系统不能提供随机数")?;
                let account = domain::Account { id, name, role, scope: places.into_scope(role)? };
                warn_of_places(store, &account.scope).await?;
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
                warn_of_places(store, &scope).await?;
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

/// Says on standard error which places nobody has: a code with a wrong digit is a phone without homes.
async fn warn_of_places<S: Store>(store: &S, scope: &Scope) -> anyhow::Result<()> {
    for place in find_unknown_places(store, scope).await? {
        super::warn(format_args!("{place}，请核对；如果编码无误，导入名单或发布基础数据后即可使用。"));
    }
    Ok(())
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
