//! What the server answers.

use std::fmt;

use domain::id::TransitionId;
use domain::{Collection, Kind, RecordId, UnixMillis};
use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::named::{Named, known_audits, known_collections, known_pages, read_code};
use super::{Blob, ChangeHash, Cursor, Epoch, Mark};

/// The answer to one round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncReply {
    /// The life of the server's data.
    pub epoch: Epoch,
    /// The server's clock when the round began: what the device corrects its own by.
    pub server_clock: UnixMillis,
    /// What became of the round as a whole.
    pub round: RoundOutcome,
    /// What became of each change that was pushed, and of those asked about in [`SyncRequest::awaited`](super::SyncRequest).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    /// Every collection the account may read, in the order in which a device should fill them. A collection that
    /// is not listed any more is let go of, once its unsent edits are acknowledged.
    #[serde(default, deserialize_with = "known_collections", skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<Collection>,
    /// What is new in the collections asked for.
    #[serde(default, deserialize_with = "known_pages", skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Page>,
    /// Heads of every document of the collections under audit: (collection, [(document, heads)]).
    #[serde(default, deserialize_with = "known_audits", skip_serializing_if = "Vec::is_empty")]
    pub audits: Vec<(Collection, HeadsList)>,
    /// What became of the documents that were asked for: whole, taken leave of, or missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fetched: Vec<Item>,
    /// What was decided on the account's own steps in incidents that it does not receive (any more), pushed now or asked
    /// about in [`SyncRequest::awaited_steps`](super::SyncRequest): such a decision has no page to travel in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rulings: Vec<Ruling>,
    /// How to reach whoever reported the incidents that stand in these pages or were asked for, as far as the account may
    /// know: one of them that is not listed has no number (any more). Absent: nothing is said of any. Only for devices
    /// that ask ([`capability::CONTACTS`](super::capability::CONTACTS)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<Contact>>,
    /// How far the data had come when the reply was made: it covers everything that the reply says. Absent from servers
    /// that keep none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The server is busy: come back after so many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
}

/// Heads of every document of a collection.
pub type HeadsList = Vec<(RecordId, Vec<ChangeHash>)>;

/// What became of a round as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum RoundOutcome {
    /// Pushes were judged one by one, pages were read.
    Done,
    /// The installation id belongs to another life of this device (a restored backup re-used its sequence
    /// numbers): take a new id, make the pending edits again under it, come back. Nothing was pushed.
    Forked,
    /// A newer server says something this version does not know: what it says of single changes counts, nothing else
    /// may be assumed.
    #[serde(other)]
    Unknown,
}

/// A code in whose place a newer side may write anything: the trait on top of the derived reading of known texts.
macro_rules! open_code {
    ($code:ty) => {
        impl Serialize for $code {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                <$code>::serialize(self, out)
            }
        }
        impl<'de> Deserialize<'de> for $code {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let code = read_code(input)?;
                <$code>::deserialize(code.into_deserializer())
            }
        }
    };
}
open_code!(RoundOutcome);
open_code!(RefusalCode);

/// What became of one pushed change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The document.
    pub document: RecordId,
    /// The change.
    pub hash: ChangeHash,
    /// The verdict.
    pub verdict: Verdict,
}

/// How to reach whoever reported an incident.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The incident.
    pub document: RecordId,
    /// The number, as it is written.
    pub tel: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({})", self.document)
    }
}

/// The server's word on one step of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The incident.
    pub document: RecordId,
    /// The step.
    pub transition: TransitionId,
    /// Whether it took effect.
    pub effective: bool,
    /// Why it did not: code of `domain::workflow::Refusal`; empty when it did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When, by the server's clock.
    pub at_server: UnixMillis,
}

/// The server's word on one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Verdict {
    /// Stored now.
    Accepted,
    /// Was stored before: the earlier reply was lost.
    Known,
    /// Not stored; the device keeps the text and shows why.
    Refused {
        /// Why.
        code: RefusalCode,
        /// The field or limit concerned, never a person's words; for [`RefusalCode::Rejected`] what the office says
        /// about it.
        #[serde(default)]
        detail: String,
    },
    /// Kept aside for the office to decide; counts as delivered.
    Held {
        /// Why.
        code: RefusalCode,
    },
    /// Neither stored nor kept: asked about only. The device offers it again.
    Absent,
    /// A verdict this version does not know: the change stays pending.
    #[serde(other)]
    Unknown,
}

/// Why a change was refused or held. Stable; the wording stands in the message catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum RefusalCode {
    /// Larger than a change may be.
    TooLarge,
    /// The bytes are not a change, or do not carry the checksum they claim.
    Malformed,
    /// The change was made under another installation's actor.
    ForeignActor,
    /// The change names another author than the device's account.
    ForeignAuthor,
    /// An earlier change of the same installation and document is missing.
    SequenceGap,
    /// The sequence number is taken by another change.
    SequenceReused,
    /// It builds on changes the server does not have.
    UnknownDependency,
    /// It parses, but cannot be applied.
    Unappliable,
    /// The record would break one of its rules; `detail` names the field.
    RuleBroken,
    /// The account may not do this.
    NotAllowed,
    /// The document exists under another kind.
    WrongKind,
    /// The right had ended when the change arrived; the office decides.
    RightEnded,
    /// Written by a newer app in a format that the server cannot read yet; kept until the server is brought up to
    /// date.
    NewerFormat,
    /// The office has decided not to take in what was held for it.
    Rejected,
    /// The server's own data is damaged at this place; the change is kept there until the office has mended it.
    LedgerDamaged,
    /// A reason this version does not know.
    #[serde(other)]
    Other,
}

/// What is new in one collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<C = Collection> {
    /// The collection.
    pub collection: C,
    /// Items in order of position. Changes that came from this very installation are left out: it has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// The position the device has reached when it has stored the items.
    pub next: u64,
    /// Nothing more to read at this moment.
    pub complete: bool,
    /// The collection as a whole at `next`, when complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// How many documents the collection holds: for progress.
    #[serde(default)]
    pub total: u64,
    /// Something that belongs here could not be read and is missing: the device does not have everything, whatever else
    /// the page says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_gaps: bool,
}

impl Page {
    /// The page of a collection of which nothing was read: the device stands where it stood.
    #[must_use]
    pub fn unread(cursor: &Cursor) -> Self {
        Self {
            collection: cursor.collection.clone(),
            items: Vec::new(),
            next: cursor.after,
            complete: false,
            digest: None,
            total: 0,
            has_gaps: false,
        }
    }
}

/// Count and sum over every document of a collection: see [`crate::digest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// How many documents.
    pub count: u64,
    /// Order-free sum over (document, heads).
    pub sum: u128,
}

/// One thing a device should know.
///
/// Tagged inside (`type`), so that a variant this version does not know is skipped and not stumbled over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Item {
    /// A whole document: what a device without it stores as it is.
    Snapshot {
        /// The document.
        document: RecordId,
        /// Its kind.
        kind: Named<Kind>,
        /// The household it belongs to, so that it can be found before it is decoded.
        #[serde(default)]
        parent: Option<RecordId>,
        /// Its heads.
        heads: Vec<ChangeHash>,
        /// The whole history: `save` without deflate, or one raw change after another.
        bytes: Blob,
    },
    /// Changes of a document that the device has.
    Changes {
        /// The document.
        document: RecordId,
        /// Its kind.
        kind: Named<Kind>,
        /// The household it belongs to.
        #[serde(default)]
        parent: Option<RecordId>,
        /// Its heads after these changes.
        heads: Vec<ChangeHash>,
        /// Raw changes in an order in which each follows its dependencies.
        changes: Vec<Blob>,
    },
    /// A value of reference data, replacing the one with the same key.
    Reference {
        /// E.g. `account-names`, `buildings/990102003007021`, `template/three-inquiries-peacetime`.
        key: String,
        /// Grows with every change of this key.
        version: u64,
        /// The value as JSON text.
        value: String,
    },
    /// The document is no longer in this collection.
    Leave {
        /// The document.
        document: RecordId,
    },
    /// The document is erased everywhere.
    Erase {
        /// The document.
        document: RecordId,
    },
    /// The server does not know the document that was asked for: the device keeps it, and offers again what it wrote in
    /// it.
    Missing {
        /// The document.
        document: RecordId,
    },
    /// Sent by a newer server: skipped, not stumbled over.
    #[serde(other)]
    Unknown,
}
