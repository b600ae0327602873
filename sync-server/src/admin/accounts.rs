//! Accounts and the codes that bind devices to them.

use domain::account::Scope;
use domain::{Account, AccountId, Role, UnixMillis};

use crate::reference;
use crate::secret::{Secret, hash_code, random};
use crate::store::{EnrolCode, Store, StoreError};

/// What went wrong with an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// No account has this id or name.
    #[error("没有这个账号：{0}")]
    Unknown(String),
    /// Several accounts have this name.
    #[error("有 {count} 个账号叫“{name}”，请改用账号编号")]
    Ambiguous {
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// A name that nobody could read out.
    #[error("姓名不能为空，也不能超过 {NAME_LIMIT} 个字")]
    Name,
    /// A number that cannot be dialled.
    #[error("--tel 不是能拨打的电话号码：应为 11 位手机号，或带区号的座机号")]
    Tel,
    /// The office's import account writes on the server only: no device ever gets its rights.
    #[error("导入专用账号不能绑定手机")]
    NotForDevices,
    /// The system gives no random bytes.
    #[error("系统不能提供随机数")]
    Random(#[from] getrandom::Error),
    /// The ledger failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Most characters of a name: the longest that people bear, with room for a post.
pub const NAME_LIMIT: usize = 40;

/// A name as it is kept: blanks and line breaks are one blank, what cannot be seen or steers a screen is left out.
///
/// # Errors
/// [`AccountError::Name`] when nothing is left, or more than [`NAME_LIMIT`] characters.
pub fn clean_name(text: &str) -> Result<String, AccountError> {
    let is_unseen = |c: &char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let words = text.split_whitespace().map(|word| word.chars().filter(|c| !is_unseen(c)).collect::<String>());
    let name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let is_fit = (1..=NAME_LIMIT).contains(&name.chars().count());
    if is_fit { Ok(name) } else { Err(AccountError::Name) }
}

/// Notes how to reach the person of an account at work; empty: not at all. Whoever handles an incident of theirs is told
/// as long as it is open, from the next time that it moves on.
///
/// # Errors
/// [`AccountError::Tel`] for what is no number; when the ledger fails.
pub async fn save_tel<S: Store>(store: &S, account: AccountId, tel: &str, now: UnixMillis) -> Result<(), AccountError> {
    let tel = tel.trim();
    if !tel.is_empty() && !domain::reference::is_phone(tel) {
        return Err(AccountError::Tel);
    }
    store.put_tel(account, tel.to_owned()).await?;
    // Which number it was is nobody's business in a log that is kept for years.
    store.append_audit(now, "account_tel", account.to_string()).await?;
    Ok(())
}

/// Closes an account: it loses its places, its devices, its codes and its number; what it wrote keeps its name. Late work
/// of its is held for the office. Places and a new code open it again. Answers how many devices lost trust.
///
/// # Errors
/// [`AccountError::NotForDevices`] for the office's own; when the ledger fails.
pub async fn close_account<S: Store>(store: &S, account: Account, now: UnixMillis) -> Result<usize, AccountError> {
    if account.role == Role::Office {
        return Err(AccountError::NotForDevices);
    }
    let id = account.id;
    store.drop_enrol_codes(id).await?;
    let revoked = store.revoke_devices(id, None, now).await?;
    store.put_tel(id, String::new()).await?;
    store.append_audit(now, "account_close", id.to_string()).await?;
    save_account(store, Account { scope: Scope::default(), ..account }, now).await?;
    Ok(revoked)
}

/// An id for a new account.
///
/// # Errors
/// When the system gives no random bytes.
pub fn new_account_id(now: UnixMillis) -> Result<AccountId, getrandom::Error> {
    Ok(AccountId::new(now, random()?))
}

/// Adds or replaces an account and brings reference data up to date.
///
/// # Errors
/// When the ledger fails.
pub async fn save_account<S: Store>(store: &S, account: Account, now: UnixMillis) -> Result<(), StoreError> {
    let id = account.id.to_string();
    store.put_account(account, now).await?;
    store.append_audit(now, "account_save", id).await?;
    reference::refresh(store).await.map(drop)
}

/// The account with this id, or the only one with this name.
///
/// # Errors
/// When there is none, or several.
pub async fn find_account<S: Store>(store: &S, id_or_name: &str) -> Result<Account, AccountError> {
    let id: Option<AccountId> = id_or_name.parse().ok();
    let accounts = store.list_accounts().await?;
    let mut found: Vec<Account> =
        accounts.into_iter().filter(|account| Some(account.id) == id || account.name == id_or_name).collect();
    match (found.len(), found.pop()) {
        (1, Some(account)) => Ok(account),
        (0, _) => Err(AccountError::Unknown(id_or_name.to_owned())),
        (count, _) => Err(AccountError::Ambiguous { name: id_or_name.to_owned(), count }),
    }
}

/// A fresh code, shown once.
#[derive(Debug)]
pub struct EnrolmentCode {
    /// The code in clear.
    pub code: Secret,
    /// Until when it may be used.
    pub expires_at: UnixMillis,
}

/// Makes a code for an account.
///
/// # Errors
/// When there is no such account, or it is the office's own.
pub async fn create_enrolment_code<S: Store>(
    store: &S,
    account: AccountId,
    ttl_ms: i64,
    now: UnixMillis,
) -> Result<EnrolmentCode, AccountError> {
    let accounts = store.list_accounts().await?;
    let owner = accounts.iter().find(|known| known.id == account);
    match owner.map(|owner| owner.role) {
        None => return Err(AccountError::Unknown(account.to_string())),
        Some(Role::Office) => return Err(AccountError::NotForDevices),
        Some(_) => {}
    }
    let code = Secret::make_code()?;
    let expires_at = now.plus_ms(ttl_ms);
    store.add_enrol_code(EnrolCode { code: hash_code(code.reveal()), account, expires_at }).await?;
    store.append_audit(now, "enrol_code", account.to_string()).await?;
    Ok(EnrolmentCode { code, expires_at })
}

/// What is scanned or pasted on the phone.
#[must_use]
pub fn enrolment_link(server: &str, code: &Secret) -> String {
    format!("gridcompanion://enrol?server={}&code={}", encode_url(server), code.reveal())
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn encode_url(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_steers_no_screen() {
        for (given, kept) in [
            ("  林晓芸 ", "林晓芸"),
            ("林\n晓芸\r\n", "林 晓芸"),
            ("林晓芸\u{1b}[31m", "林晓芸[31m"),
            ("\u{202e}芸晓林\u{200b}", "芸晓林"),
            ("阿依古丽·买买提　网格员", "阿依古丽·买买提 网格员"),
        ] {
            assert_eq!(clean_name(given).expect(given), kept);
        }
        for wrong in ["", "  ", "\n", "\u{200b}", &"长".repeat(NAME_LIMIT + 1)] {
            assert!(clean_name(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_link_holds_the_server_and_the_code() {
        let code = Secret::make_code().expect("random");
        let link = enrolment_link("https://grid.example.cn:7800", &code);
        assert!(link.starts_with("gridcompanion://enrol?server=https%3A%2F%2Fgrid.example.cn%3A7800&code="), "{link}");
        assert!(link.ends_with(code.reveal()));
    }
}
