//! Which changes travel.

use super::*;

fn limits(budget_bytes: usize) -> PushLimits {
    PushLimits { budget_bytes, max_changes: usize::MAX, skip: [].into() }
}

fn change(n: u8, bytes: usize) -> PendingChange {
    PendingChange { document: record(n), bytes }
}

#[test]
fn what_fits_and_what_waits() {
    let outbox = [change(1, 960), change(2, 3_960), change(1, 960), change(2, 10), change(3, 960)];
    for (budget, expected, remark) in [
        (10_000, vec![0, 1, 2, 3, 4], "all of it"),
        (1_500, vec![0, 2, 4], "a large one lets smaller ones of other records pass, its own followers wait with it"),
        (1_000, vec![0, 2], "in order"),
        (500, vec![0], "exactly one"),
        (0, vec![0], "the first always travels: whether it is too large is for the server to say"),
    ] {
        assert_eq!(plan_push(&outbox, &limits(budget)), expected, "{budget}: {remark}");
    }
}

#[test]
fn a_document_that_waits_its_turn_is_left_out_whole() {
    let outbox = [change(1, 10), change(2, 10), change(1, 10)];
    let limits = PushLimits { skip: [record(1)].into(), ..limits(1_000) };
    assert_eq!(plan_push(&outbox, &limits), [1]);
}

#[test]
fn changes_of_one_document_travel_in_one_parcel() {
    let outbox = [change(2, 10), change(1, 10), change(2, 10)];
    let groups = group_by_document(&outbox, &[0, 1, 2]);
    assert_eq!(groups, [(record(2), vec![0, 2]), (record(1), vec![1])]);
}
