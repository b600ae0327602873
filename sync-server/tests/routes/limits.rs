//! Bodies, tokens and rates that are refused before anything is judged.

use std::num::NonZeroU32;

use sync::wire::{REQUEST_LIMIT_BYTES, SYNC_PATH, SyncRequest, UNPACKED_LIMIT_BYTES, codec};
use sync_server::store::Store as _;

use crate::http::{post, post_cut_off};
use crate::support::{District, grid, household};

#[tokio::test]
async fn rubbish_over_large_and_exploding_bodies_are_refused_by_name() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let send = |body: Vec<u8>| {
        let (addr, token) = (district.server.addr, lin.token.clone());
        async move {
            let response = post(addr, SYNC_PATH, Some(&token), &body).await;
            (response.status, if response.status == 200 { String::new() } else { response.code() })
        }
    };
    assert_eq!(send(Vec::new()).await, (400, "not_a_frame".into()));
    assert_eq!(send(b"hello".to_vec()).await, (400, "not_a_frame".into()));
    let honest = codec::encode(&lin.request(district.now())).expect("a body");
    assert_eq!(send(honest[..honest.len() / 2].to_vec()).await, (400, "not_a_frame".into()));
    assert_eq!(send(codec::encode(&"not a request").expect("a body")).await, (400, "not_a_message".into()));
    assert_eq!(send(vec![0; REQUEST_LIMIT_BYTES + 1]).await, (413, "too_large".into()));
    let bomb = zstd::bulk::compress(&vec![0; UNPACKED_LIMIT_BYTES + 1], 19).expect("a frame");
    assert!(bomb.len() < 10_000);
    assert_eq!(send(bomb).await, (413, "too_large".into()));
    assert_eq!(send(honest).await.0, 200);
}

#[tokio::test]
async fn a_request_that_is_cut_off_leaves_the_server_well() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let card = lin.create(&household(&grid(), "402")).1;
    let body = codec::encode(&SyncRequest { push: vec![card.clone()], ..lin.request(district.now()) }).expect("body");
    for cut in [0, 1, body.len() / 2, body.len() - 1] {
        post_cut_off(district.server.addr, SYNC_PATH, Some(&lin.token), &body[..cut]).await;
    }
    assert_eq!(district.server.app().store().count_totals().await.expect("totals").documents, 0);
    district.push_well(&lin, vec![card]).await;
}

#[tokio::test]
async fn a_missing_forged_or_revoked_token_opens_nothing() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let body = codec::encode(&lin.request(district.now())).expect("a body");
    let with = |token: Option<String>| {
        let (addr, body) = (district.server.addr, body.clone());
        async move {
            let response = post(addr, SYNC_PATH, token.as_deref(), &body).await;
            (response.status, if response.status == 200 { String::new() } else { response.code() })
        }
    };
    assert_eq!(with(None).await, (401, "token_missing".into()));
    assert_eq!(with(Some("0".repeat(64))).await, (401, "token_unknown".into()));
    assert_eq!(with(Some("0".repeat(5_000))).await, (401, "token_missing".into()));
    assert_eq!(with(Some(lin.token.to_uppercase())).await, (401, "token_unknown".into()));
    assert_eq!(with(Some(lin.token.clone())).await.0, 200);
    let store = district.server.app().store();
    assert_eq!(store.revoke_devices(lin.account.id, None, district.now()).await.expect("revoked"), 1);
    assert_eq!(with(Some(lin.token.clone())).await, (401, "token_revoked".into()));
}

#[tokio::test]
async fn one_device_that_never_stops_asking_waits_and_others_do_not() {
    let district = District::open_with(|config| {
        config.limits.burst = NonZeroU32::new(3).expect("three");
        config.limits.per_second = NonZeroU32::MIN;
    })
    .await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let response = district.send(&lin, &lin.request(district.now())).await;
        if response.status == 429 {
            assert_eq!(response.code(), "rate_limited");
            assert!(response.head.to_lowercase().contains("retry-after"), "{}", response.head);
        }
        statuses.push(response.status);
    }
    assert_eq!(statuses[..3], [200; 3]);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(district.send(&wu, &wu.request(district.now())).await.status, 200);
}
