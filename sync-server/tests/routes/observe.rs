//! `GET /healthz`, `GET /metrics`, and what is not there.

use crate::http::get;
use crate::support::{District, grid, household};

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
    let page = get(district.server.addr, "/metrics").await;
    for line in [
        "gridcompanion_requests_total{route=\"/enrol/v1\",status=\"200\"} 1",
        "gridcompanion_requests_total{route=\"/sync/v1\",status=\"200\"} 1",
        "gridcompanion_changes_total{verdict=\"accepted\"} 1",
        "gridcompanion_documents 1",
        "gridcompanion_trusted_devices 1",
    ] {
        assert!(page.text().contains(line), "{line} in {}", page.text());
    }
    let (account, place) = (lin.account.id.to_string(), grid().to_string());
    for secret in ["林晓芸", account.as_str(), place.as_str(), lin.token.as_str()] {
        assert!(!page.text().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_a_refusal_like_others() {
    let district = District::open().await;
    let response = get(district.server.addr, "/admin").await;
    assert_eq!((response.status, response.code().as_str()), (404, "no_such_route"));
}
