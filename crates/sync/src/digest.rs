//! The closing digest: one number by which device and server see that they hold the same.
//!
//! A sum over (document, heads) that does not depend on order, so that either side keeps it up to date by adding the
//! new and taking away the old, at a cost that does not grow with the collection. 128 bits of SHA-256, added with
//! wrap-around: it guards against mistakes and lost entries, not against an attacker (the server is trusted here).

use domain::RecordId;
use sha2::{Digest as _, Sha256};

use crate::wire::{ChangeHash, Digest};

/// The contribution of one document to its collections' sums. `heads` in any order.
#[must_use]
pub fn document_term(document: RecordId, heads: &[ChangeHash]) -> u128 {
    let mut sorted: Vec<&ChangeHash> = heads.iter().collect();
    sorted.sort_unstable();
    let mut hasher = Sha256::new();
    hasher.update(document.as_uuid().as_bytes());
    for head in sorted {
        hasher.update(head.0);
    }
    let bytes: [u8; 32] = hasher.finalize().into();
    let mut half = [0; 16];
    half.copy_from_slice(&bytes[..16]);
    u128::from_be_bytes(half)
}

impl Digest {
    /// The digest of an empty collection.
    pub const EMPTY: Self = Self { count: 0, sum: 0 };

    /// This digest with one more document.
    #[must_use]
    pub const fn with(self, term: u128) -> Self {
        Self { count: self.count + 1, sum: self.sum.wrapping_add(term) }
    }

    /// This digest with one document less.
    #[must_use]
    pub const fn without(self, term: u128) -> Self {
        Self { count: self.count.saturating_sub(1), sum: self.sum.wrapping_sub(term) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::UnixMillis;

    #[test]
    fn the_order_of_documents_and_heads_does_not_matter_but_every_head_does() {
        let a = RecordId::new(UnixMillis::new(1), [1; 10]);
        let b = RecordId::new(UnixMillis::new(2), [2; 10]);
        let (x, y) = (ChangeHash([7; 32]), ChangeHash([8; 32]));
        let one = Digest::EMPTY.with(document_term(a, &[x, y])).with(document_term(b, &[x]));
        let two = Digest::EMPTY.with(document_term(b, &[x])).with(document_term(a, &[y, x]));
        assert_eq!(one, two);
        assert_ne!(one, Digest::EMPTY.with(document_term(a, &[x])).with(document_term(b, &[x])));
        assert_eq!(one.without(document_term(b, &[x])), Digest::EMPTY.with(document_term(a, &[x, y])));
    }
}
