//! `enrol`

use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use fast_qr::QRBuilder;
use serde_json::json;
use sync_server::admin::{create_enrolment_code, enrolment_link, find_account};
use sync_server::store::Store;

use super::address::advise_on_address;

/// 生成开通码，供一台手机绑定到账号。
#[derive(Debug, clap::Args)]
pub(crate) struct Enrol {
    /// 账号编号或姓名。
    #[arg(long)]
    account: String,
    /// 手机连接服务器用的地址，如 http://本机在局域网中的地址:7800。
    #[arg(long, default_value = "http://127.0.0.1:7800")]
    server: String,
    /// 开通码的有效期，如 30m、24h、7d。
    #[arg(long, default_value = "24h", value_parser = parse_ttl_ms)]
    ttl: i64,
    /// 以 JSON 打印开通码、链接和有效期。
    #[arg(long)]
    json: bool,
}

/// A whole number of minutes, hours or days, at most 7 days: a code is a key, and printed ones lie about.
fn parse_ttl_ms(text: &str) -> Result<i64, String> {
    const LONGEST_MS: i64 = 7 * 86_400_000;
    let wrong = || "应为整数加 m（分）、h（时）或 d（天）；开通码最长有效 7 天".to_owned();
    let unit_ms = match text.chars().last() {
        Some('m') => 60_000,
        Some('h') => 3_600_000,
        Some('d') => 86_400_000,
        _ => return Err(wrong()),
    };
    let count: i64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let ms = count.checked_mul(unit_ms).ok_or_else(wrong)?;
    if (1..=LONGEST_MS).contains(&ms) { Ok(ms) } else { Err(wrong()) }
}

impl Enrol {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        if !self.server.starts_with("http://") && !self.server.starts_with("https://") {
            bail!("--server 要以 http:// 或 https:// 开头");
        }
        let account = find_account(store, &self.account).await?;
        if let Some(advice) = advise_on_address(&self.server) {
            super::warn(advice);
        }
        let made = create_enrolment_code(store, account.id, self.ttl, super::now()).await?;
        let link = enrolment_link(self.server.trim_end_matches('/'), &made.code);
        if self.json {
            let code = made.code.reveal();
            super::print(json!({
                "account": account.id, "code": code, "link": link, "expires_at": made.expires_at,
            }));
            return Ok(ExitCode::SUCCESS);
        }
        let qr =
            QRBuilder::new(link.as_str()).build().map_err(|error| anyhow!("{error:?}")).context("二维码生成失败")?;
        super::print(format_args!("{} 的开通码（只能用一次，有效期至 {}）：", account.name, made.expires_at.local()));
        super::print(format_args!("\n    {}\n", made.code.reveal()));
        super::print(format_args!("扫码，或在手机上粘贴：\n    {link}\n"));
        super::print(qr.to_str());
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::parse_ttl_ms;

    #[test]
    fn a_ttl_is_a_number_with_a_unit() {
        assert_eq!(parse_ttl_ms("30m"), Ok(1_800_000));
        assert_eq!(parse_ttl_ms("24h"), Ok(86_400_000));
        assert_eq!(parse_ttl_ms("7d"), Ok(604_800_000));
        for wrong in ["", "24", "h", "0h", "-1d", "8d", "169h", "9999999999999d", "天"] {
            assert!(parse_ttl_ms(wrong).is_err(), "{wrong}");
        }
    }
}
