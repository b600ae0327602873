//! The server is back: both converge, and both see where they contradict each other.

use anyhow::{Result, ensure};
use tests::window::{Phone, testid};

use super::{CONTACT_BY_LEAD, CONTACT_BY_WORKER, Day, NEW_MEMBER, go_to, open_household};

impl Day {
    /// The server is started again; each taps "sync now", and 陈立 once more to get what 周桂芳 had.
    pub(super) async fn come_back_online(&mut self) -> Result<()> {
        self.district.connect()?;
        self.album.tell("the server is back");
        sync_now(&self.worker).await?;
        self.album.picture(&self.worker, "worker-synced", "has sent everything; the server agrees").await?;
        sync_now(&self.lead).await?;
        self.album.picture(&self.lead, "lead-synced", "has sent everything; the server agrees").await?;
        sync_now(&self.worker).await
    }

    /// The card of the household shows both entries, with who and when, on both phones.
    pub(super) async fn see_both_entries(&mut self) -> Result<()> {
        let mut shown = Vec::new();
        for phone in [&self.worker, &self.lead] {
            open_household(phone).await?;
            let texts = [CONTACT_BY_WORKER, CONTACT_BY_LEAD, "陈立", "周桂芳"];
            phone.see(&testid("conflict-card"), &texts).await?;
            let cards = phone.read(&testid("conflict-card")).await?;
            ensure!(cards.len() == 1, "{} sees {} conflict cards: {cards:?}", phone.owner(), cards.len());
            let times = count_times(&cards[0]);
            ensure!(times >= 2, "{} sees {times} times on the card: {}", phone.owner(), cards[0]);
            phone.see(&testid("member-row"), &[NEW_MEMBER]).await?;
            shown.push(phone.read(&testid("household-contact")).await?);
        }
        ensure!(shown[0] == shown[1], "the phones show different people to ask for: {shown:?}");
        let words = "sees both entries, who wrote them and when";
        self.album.picture(&self.worker, "worker-conflict", words).await?;
        self.album.picture(&self.lead, "lead-conflict", words).await
    }
}

/// Taps "sync now" and waits until nothing is left to send and the server's digest matches.
async fn sync_now(phone: &Phone) -> Result<()> {
    go_to(phone, "tab-me").await?;
    phone.tap(&testid("sync-now")).await?;
    phone.see_gone(&testid("unsent-row"), &[]).await?;
    phone.tap(&testid("tab-today")).await?;
    phone.see(&format!("{}.gc-sync_verified", testid("sync-chip")), &[]).await
}

/// Times of day (`17:42`) in a text.
fn count_times(text: &str) -> usize {
    let is_time = |window: &[u8]| {
        window[2] == b':' && [0, 1, 3, 4].into_iter().all(|index: usize| window[index].is_ascii_digit())
    };
    text.as_bytes().windows(5).filter(|window| is_time(window)).count()
}
