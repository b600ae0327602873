//! `GET /healthz`, `GET /metrics`, and what is not there.

use sync_server::MetricsAccess;
use sync_server::store::Store as _;

use crate::http::{get, get_with};
use crate::support::{District, grid, household, other_grid};

#[tokio::test]
async fn the_server_says_that_it_is_well() {
    let district = District::open().await;
    let response = get(district.server.addr, "/healthz").await;
    assert_eq!(response.status, 200);
    assert!(response.text().contains("\"ok\""), "{}", response.text());
    assert!(!response.head.contains("x-request-id"), "its id is for the log: {}", response.head);
}

#[tokio::test]
async fn counters_name_no_person_place_or_device() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    district.push_well(&lin, vec![lin.create(&household(&grid(), "402")).1]).await;
    let page = district.read_metrics().await;
    for line in [
        "gridcompanion_requests_total{route=\"/enrol/v1\",status=\"200\"} 1",
        "gridcompanion_requests_total{route=\"/sync/v1\",status=\"200\"} 1",
        "gridcompanion_changes_total{verdict=\"accepted\"} 1",
        "gridcompanion_documents 1",
        "gridcompanion_trusted_devices 1",
    ] {
        assert!(page.contains(line), "{line} in {page}");
    }
    let (account, place) = (lin.account.id.to_string(), grid().to_string());
    for secret in ["林晓芸", account.as_str(), place.as_str(), lin.token.as_str()] {
        assert!(!page.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_a_refusal_like_others() {
    let district = District::open().await;
    let response = get(district.server.addr, "/admin").await;
    assert_eq!((response.status, response.code().as_str()), (404, "no_such_route"));
}

#[tokio::test]
async fn counters_are_for_those_who_were_given_the_token() {
    let district = District::open().await;
    assert_eq!(get(district.server.addr, "/metrics").await.code(), "no_such_route", "not for strangers");
    let mut access = MetricsAccess::default();
    assert!(access.set_token("short").is_err());
    let token = "0123456789abcdef";
    access.set_token(token).expect("long enough");
    let guarded = District::open_with(|config| config.metrics = access).await;
    assert!(guarded.server.metrics_addr.is_none());
    assert_eq!(get(guarded.server.addr, "/metrics").await.code(), "token_missing");
    assert_eq!(get_with(guarded.server.addr, "/metrics", "0123456789abcdeg").await.code(), "token_unknown");
    let page = get_with(guarded.server.addr, "/metrics", token).await;
    assert!(page.status == 200 && page.text().contains("gridcompanion_documents 0\n"), "{}", page.text());
}

#[tokio::test]
async fn counts_follow_what_is_taken_in_held_refused_and_revoked() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let home = household(&grid(), "402");
    let (mut card, push) = lin.create(&home);
    district.push_well(&lin, vec![push]).await;
    let edit = lin.edit::<domain::Household>(&mut card, |h| h.note = "门口有狗".into());
    district.push_well(&lin, vec![edit]).await;
    district.push(&lin, vec![lin.create(&household(&other_grid(), "1")).1]).await;
    let store = district.server.app().store();
    let totals = store.count_totals().await.expect("read");
    assert_eq!((totals.documents, totals.changes, totals.refused, totals.held, totals.devices), (1, 2, 1, 0, 1));
    store.revoke_devices(lin.account.id, None, district.now()).await.expect("revoked");
    assert_eq!(store.count_totals().await.expect("read").devices, 0);
    district.assert_sound().await;
}
