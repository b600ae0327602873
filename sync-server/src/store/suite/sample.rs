//! Made-up documents and people.

use std::collections::BTreeSet;

use domain::account::Scope;
use domain::{Account, AccountId, ChangeHash, Collection, GridCode, InstallationId, Kind, RecordId, Role, UnixMillis};
use sha2::{Digest as _, Sha256};
use sync::wire::{Cursor, Page};

use crate::store::{
    Admission, Batch, Committed, DeviceId, EnrolCode, EnrolOutcome, Enrolment, PageQuery, SecretHash, Store,
    StoredChange, StoredDocument,
};

/// The first moment of every case.
pub(super) const NOW: UnixMillis = UnixMillis::new(1_795_363_200_000);

pub(super) fn id_bytes(n: u32) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[6..].copy_from_slice(&n.to_be_bytes());
    bytes
}

pub(super) fn record(n: u32) -> RecordId {
    RecordId::new(NOW, id_bytes(n))
}

pub(super) fn installation(n: u32) -> InstallationId {
    InstallationId::new(NOW, id_bytes(n))
}

pub(super) fn grid() -> GridCode {
    "990101001001003".parse().expect("fifteen digits")
}

pub(super) fn other_grid() -> GridCode {
    "990101001001004".parse().expect("fifteen digits")
}

pub(super) fn community() -> domain::AreaCode {
    grid().community()
}

pub(super) fn households() -> Collection {
    Collection::GridHouseholds(grid())
}

pub(super) fn other_households() -> Collection {
    Collection::GridHouseholds(other_grid())
}

pub(super) fn worker(n: u32) -> Account {
    Account {
        id: AccountId::new(NOW, id_bytes(n)),
        name: format!("网格员{n}"),
        role: Role::GridWorker,
        scope: Scope { grids: [grid()].into(), ..Scope::default() },
    }
}

pub(super) fn secret(n: u32) -> SecretHash {
    SecretHash(Sha256::digest(n.to_be_bytes()).into())
}

pub(super) fn enrolment(code: u32, device: u128, installation_number: u32) -> Enrolment {
    Enrolment {
        former: None,
        mark: None,
        code: secret(code),
        device: DeviceId(uuid::Uuid::from_u128(device)),
        token: SecretHash(Sha256::digest(device.to_be_bytes()).into()),
        installation: installation(installation_number),
        platform: "test".into(),
        now: NOW,
        renewal: std::time::Duration::from_secs(60),
    }
}

/// An account with a code that may be used for a minute.
pub(super) async fn add_account_with_code<S: Store>(store: &S, account: Account, code: u32) {
    let id = account.id;
    store.put_account(account, NOW).await.expect("stored");
    let code = EnrolCode { code: secret(code), account: id, expires_at: NOW.plus_ms(60_000) };
    store.add_enrol_code(code).await.expect("stored");
}

pub(super) async fn enrol_well<S: Store>(store: &S, enrolment: Enrolment) {
    let outcome = store.enrol(enrolment).await.expect("answered");
    assert!(matches!(outcome, EnrolOutcome::Bound(_)), "{outcome:?}");
}

/// A document as its writers see it; every writer has its own sequence.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) id: RecordId,
    pub(super) heads: Vec<ChangeHash>,
    pub(super) collections: BTreeSet<Collection>,
    seqs: std::collections::BTreeMap<InstallationId, u64>,
    count: u32,
}

impl Draft {
    pub(super) fn new(n: u32, collections: impl IntoIterator<Item = Collection>) -> Self {
        Self {
            id: record(n),
            heads: Vec::new(),
            collections: collections.into_iter().collect(),
            seqs: [].into(),
            count: 0,
        }
    }

    /// The next change by a writer, as an admission against the document as it is now.
    pub(super) fn change(&mut self, writer: u32) -> Admission {
        let actor = installation(writer);
        let seq = self.seqs.entry(actor).or_default();
        *seq += 1;
        self.count += 1;
        let mut bytes = format!("change {} of ", self.count).into_bytes();
        bytes.extend(self.id.as_uuid().as_bytes());
        bytes.extend(actor.as_uuid().as_bytes());
        let hash = ChangeHash(Sha256::digest(&bytes).into());
        let base = std::mem::replace(&mut self.heads, vec![hash]);
        let account = worker(writer).id;
        Admission {
            after: StoredDocument {
                id: self.id,
                kind: Kind::Household,
                grid: grid(),
                parent: None,
                heads: self.heads.clone(),
                snapshot: vec![b's'; 60 * usize::try_from(self.count).expect("small")],
                change_count: u64::from(self.count),
                projection: format!("{{\"count\":{}}}", self.count),
            },
            base,
            changes: vec![StoredChange { hash, actor, seq: *seq, account, bytes }],
            collections: self.collections.clone(),
            wake_at: None,
        }
    }
}

pub(super) fn batch(admissions: impl IntoIterator<Item = Admission>) -> Batch {
    Batch { received_at: NOW, admissions: admissions.into_iter().collect(), ..Batch::default() }
}

pub(super) async fn commit_well<S: Store>(store: &S, admission: Admission) {
    assert_eq!(store.commit(batch([admission])).await.expect("committed"), [Committed::Stored]);
}

/// One page of one stream.
pub(super) async fn read_page<S: Store>(
    store: &S,
    collection: Collection,
    after: u64,
    reader: u32,
    limit_bytes: usize,
) -> Page {
    let cursors = vec![Cursor { collection, after }];
    let query = PageQuery { cursors, installation: installation(reader), limit_bytes, grids: [grid()].into() };
    store.read_pages(query).await.expect("pages").remove(0)
}

pub(super) async fn assert_sound<S: Store>(store: &S) {
    assert_eq!(store.find_damage().await.expect("read"), []);
}
