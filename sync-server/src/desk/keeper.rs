//! The desk as this process last read it: rules of time and organisations from the reference data, people from the
//! accounts.
//!
//! Why: every push with a step needs it, and it changes once in a week. Flow: whoever needs it asks the keeper; what is
//! older than [`FRESH_MS`] is read again first. Failure: while the store cannot be read, what was read last counts; so
//! does each part that is out of form. Not done: somebody who is entered while others dispatch can be named a few
//! seconds later.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::organisation::OrgCode;
use domain::workflow::Desk;
use domain::{Account, AccountId, InstallationId, Role, UnixMillis};
use tokio::sync::Mutex;

use super::rules::{list_keys, read_desk, warn_of_gaps};
use crate::secret::random;
use crate::store::{Answer, Store, StoreError};

/// For how long what was read counts, by the server's clock. What an office publishes reaches every server within it.
const FRESH_MS: i64 = 3_000;

/// Who settles: the installation under which the server writes, and what it knows.
#[derive(Debug, Clone)]
pub(crate) struct Registrar {
    pub(crate) installation: InstallationId,
    pub(crate) desk: Desk,
    /// What was asked for of the reference data; others in another year.
    keys: Vec<String>,
}

impl Registrar {
    /// Reads the desk anew. `last`: what it was, for what cannot be read now.
    pub(crate) async fn read<S: Store>(store: &S, last: Option<&Self>, now: UnixMillis) -> Answer<Self> {
        let installation = match last {
            Some(last) => last.installation,
            None => claim_installation(store, now).await?,
        };
        let keys = list_keys(now);
        let values = store.read_reference(keys.clone()).await?;
        let mut desk = read_desk(&values, last.map_or(&Desk::default(), |last| &last.desk), now);
        if last.is_none_or(|last| last.keys != keys) {
            warn_of_gaps(&desk, now);
        }
        match store.list_accounts().await {
            Ok(accounts) => desk.people = list_people(accounts),
            Err(error) if error.is_temporary() => return Err(error),
            Err(error) => tracing::error!(%error, "the accounts cannot be read: whom a dispatch names is as it was"),
        }
        Ok(Self { installation, desk, keys })
    }
}

/// Who can be sent an incident by name.
fn list_people(accounts: Vec<Account>) -> BTreeMap<AccountId, OrgCode> {
    let handling = accounts.into_iter().filter(|one| matches!(one.role, Role::Handler | Role::CommunityClerk));
    handling.filter_map(|account| Some((account.id, account.scope.org?))).collect()
}

/// An installation of this process: a ledger that was put back from a copy must not give out numbers again that are on
/// devices already.
async fn claim_installation<S: Store>(store: &S, now: UnixMillis) -> Answer<InstallationId> {
    let random = random().map_err(|error| StoreError::Other(Box::new(error)))?;
    let fresh = InstallationId::new(now, random);
    store.add_own_installation(fresh).await?;
    Ok(fresh)
}

/// Keeps the desk for all requests of a process and reads it again when it is old.
#[derive(Default)]
pub(crate) struct DeskKeeper {
    kept: Mutex<Option<(UnixMillis, Arc<Registrar>)>>,
}

impl DeskKeeper {
    /// The desk, at most some seconds old; older only while the store cannot be read.
    pub(crate) async fn find<S: Store>(&self, store: &S, now: UnixMillis) -> Answer<Arc<Registrar>> {
        let mut kept = self.kept.lock().await;
        if let Some((read_at, registrar)) = kept.as_ref()
            && (0..FRESH_MS).contains(&now.since_ms(*read_at))
        {
            return Ok(Arc::clone(registrar));
        }
        let last = kept.as_ref().map(|(_, registrar)| registrar);
        let registrar = match (Registrar::read(store, last.map(Arc::as_ref), now).await, last) {
            (Ok(registrar), _) => Arc::new(registrar),
            (Err(error), Some(last)) => {
                tracing::error!(%error, "the desk could not be read again");
                return Ok(Arc::clone(last));
            }
            (Err(error), None) => return Err(error),
        };
        *kept = Some((now, Arc::clone(&registrar)));
        Ok(registrar)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::store::sqlite::SqliteOptions;

    /// What was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("one thread").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        fn take_lines(&self) -> usize {
            let bytes = std::mem::take(&mut *self.0.lock().expect("one thread"));
            String::from_utf8(bytes).expect("text").lines().filter(|line| line.contains("working-day")).count()
        }
    }

    #[tokio::test]
    async fn a_server_that_runs_into_a_year_without_a_calendar_says_so() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let store = crate::open_ledger(folder.path(), &SqliteOptions::default()).expect("opened");
        let (log, at) = (Log::default(), |year| UnixMillis::start_of(jiff::civil::date(year, 1, 1)).plus_ms(1));
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let _logging = tracing::subscriber::set_default(subscriber);
        let first = Registrar::read(&store, None, at(2029)).await.expect("read");
        assert_eq!(log.take_lines(), 2, "nobody has published this year and the next");
        let again = Registrar::read(&store, Some(&first), at(2029).plus_ms(UnixMillis::DAY_MS)).await.expect("read");
        assert_eq!(log.take_lines(), 0, "once is enough");
        Registrar::read(&store, Some(&again), at(2030)).await.expect("read");
        assert_eq!(log.take_lines(), 2, "a new year, two others");
        store.close().await;
    }
}
