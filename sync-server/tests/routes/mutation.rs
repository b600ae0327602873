//! Changes with a right checksum over wrong contents: the server answers each, stays up, and no record changes.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use documents::inspect;
use domain::Household;
use sha2::{Digest as _, Sha256};
use sync::wire::{Blob, PushDocument, RoundOutcome, SyncRequest, Verdict};
use sync_server::admin;
use sync_server::store::Store as _;

use crate::support::{District, grid, household, other_grid};

/// Mutations of this run.
const MUTATIONS: usize = 10_000;
/// Mutations of one request.
const ROUND: usize = 200;

/// Cards of somebody who may edit them, each of which is tried anew.
const ENTITLED_CARDS: usize = 150;
/// Mutations of one such card's edit.
const ENTITLED_MUTATIONS: usize = 8;

/// A small generator, so that a failing run can be done again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).expect("small")).expect("small")
    }
}

/// Changes one to three bytes behind the checksum and puts the checksum right.
fn mutate(honest: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = honest.to_vec();
    for _ in 0..=dice.roll(3) {
        let place = 11 + dice.roll(bytes.len() - 11);
        match dice.roll(4) {
            0 => bytes[place] = bytes[place].wrapping_add(1),
            1 => bytes[place] ^= 1 << dice.roll(8),
            2 => bytes[place] = 0xff,
            _ => bytes[place] = u8::try_from(dice.roll(256)).expect("a byte"),
        }
    }
    let checksum: [u8; 32] = Sha256::digest(&bytes[8..]).into();
    bytes[4..8].copy_from_slice(&checksum[..4]);
    bytes
}

#[tokio::test]
async fn ten_thousand_malformed_changes_are_answered_and_change_nothing() {
    let district = District::open_with(|config| config.limits.burst = NonZeroU32::MAX).await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    // The sender has no right to the household: whatever a mutation turns out to say, nothing may come of it.
    let stranger = district.worker("何志远", &[other_grid()]).await;
    let (mut card, push) = lin.create(&household(&grid(), "402"));
    district.push_well(&lin, vec![push]).await;
    let store = district.server.app().store();
    let before = admin::list_records(store).await.expect("records");
    let honest = stranger.edit::<Household>(&mut card, |h| h.note = "楼道有杂物".into());
    let dice = &mut Dice(0x9E37_79B9_7F4A_7C15);

    let mutations: Vec<Vec<u8>> = (0..MUTATIONS).map(|_| mutate(&honest.changes[0].0, dice)).collect();
    // One with a sequence number that was given out before would end its round as a fork: those go alone.
    let may_fork = |bytes: &Vec<u8>| inspect(bytes).is_ok_and(|header| header.seq == 0);
    let (alone, together): (Vec<_>, Vec<_>) = mutations.into_iter().partition(may_fork);
    let mut verdicts = BTreeMap::<String, usize>::new();
    for changes in alone.chunks(1).chain(together.chunks(ROUND)) {
        let push = vec![PushDocument { changes: changes.iter().cloned().map(Blob).collect(), ..honest.clone() }];
        let reply = district.round(&stranger, &SyncRequest { push, ..stranger.request(district.now()) }).await;
        if reply.round == RoundOutcome::Forked {
            assert_eq!(changes.len(), 1, "only what was sent alone");
            *verdicts.entry("forked".into()).or_default() += 1;
            continue;
        }
        assert_eq!(reply.outcomes.len(), changes.len());
        for outcome in reply.outcomes {
            match outcome.verdict {
                Verdict::Refused { code, .. } => *verdicts.entry(format!("{code:?}")).or_default() += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(verdicts.values().sum::<usize>(), MUTATIONS);
    assert!(verdicts.len() > 4, "mutations die in different places: {verdicts:?}");
    assert_eq!(admin::list_records(store).await.expect("records"), before);
    assert!(store.count_totals().await.expect("totals").refused > 1_000);
    district.assert_sound().await;
    assert_eq!(crate::http::get(district.server.addr, "/healthz").await.status, 200);
}

#[tokio::test]
async fn malformed_changes_of_somebody_entitled_leave_the_ledger_sound_whatever_becomes_of_them() {
    let district = District::open_with(|config| config.limits.burst = NonZeroU32::MAX).await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let dice = &mut Dice(0x2545_F491_4F6C_DD1D);
    let mut counts = BTreeMap::<&str, usize>::new();
    for room in 0..ENTITLED_CARDS {
        let (mut card, push) = lin.create(&household(&grid(), &room.to_string()));
        district.push_well(&lin, vec![push]).await;
        let honest = lin.edit::<Household>(&mut card, |h| h.note = "楼道有杂物".into());
        for _ in 0..ENTITLED_MUTATIONS {
            let changes = vec![Blob(mutate(&honest.changes[0].0, dice))];
            let push = vec![PushDocument { changes, ..honest.clone() }];
            let reply = district.round(&lin, &SyncRequest { push, ..lin.request(district.now()) }).await;
            let named = match reply.outcomes.iter().map(|outcome| &outcome.verdict).collect::<Vec<_>>()[..] {
                [] if reply.round == RoundOutcome::Forked => "forked",
                [Verdict::Accepted] => "accepted",
                [Verdict::Known] => "known",
                [Verdict::Refused { .. }] => "refused",
                [Verdict::Held { .. }] => "held",
                ref other => panic!("{other:?}"),
            };
            *counts.entry(named).or_default() += 1;
        }
    }
    assert_eq!(counts.values().sum::<usize>(), ENTITLED_CARDS * ENTITLED_MUTATIONS);
    assert!(counts.contains_key("accepted") && counts.contains_key("refused"), "both happen: {counts:?}");
    district.assert_sound().await;
    assert_eq!(crate::http::get(district.server.addr, "/healthz").await.status, 200);
}
