//! Morning: two phones are bound, and each pulls what its owner may see.

use anyhow::{Result, ensure};
use tests::window::{Phone, testid};

use super::{CONTACT, DOOR, Day, INITIALS, find_household, go_to, open_household};

impl Day {
    /// Both bind their phones with a code from the office; 陈立 gets the grid, 周桂芳 her building.
    pub(super) async fn pull_in_the_morning(&mut self) -> Result<()> {
        let (grid, building) = self.count_households()?;
        ensure!(0 < building && building < grid, "the sample has {building} of {grid} households in the building");

        self.album.picture(&self.worker, "worker-first-start", "is asked for a code from the office").await?;
        bind(&self.worker, &self.district.make_enrolment("陈立")?).await?;
        see_count(&self.worker, grid).await?;
        let words = format!("has the {grid} households of the grid");
        self.album.picture(&self.worker, "worker-grid-pulled", &words).await?;

        bind(&self.lead, &self.district.make_enrolment("周桂芳")?).await?;
        self.album.picture(&self.lead, "lead-today", "sees three large buttons").await?;
        see_count(&self.lead, building).await?;
        let words = format!("has the {building} households of the building, and no other");
        self.album.picture(&self.lead, "lead-building-pulled", &words).await?;

        open_household(&self.worker).await?;
        self.worker.see(&testid("particulars"), &[]).await?;
        self.worker.tap(&testid("reveal")).await?;
        self.worker.see(&testid("member-row"), &["1990000"]).await?;
        self.album
            .picture(&self.worker, "worker-household", "sees numbers of a household after asking for them")
            .await?;

        open_household(&self.lead).await?;
        self.lead.see(&testid("household-contact"), &[CONTACT]).await?;
        for id in ["particulars", "reveal"] {
            ensure!(self.lead.read(&testid(id)).await?.is_empty(), "周桂芳 is offered {id}");
        }
        let members = self.lead.read(&testid("member-row")).await?.join(" ");
        ensure!(members.contains(CONTACT), "周桂芳 does not see who lives there: {members}");
        ensure!(!members.contains(|letter: char| letter.is_ascii_digit()), "周桂芳 sees a number: {members}");
        self.album.picture(&self.lead, "lead-household", "sees who lives there, and no number").await?;
        Ok(())
    }

    /// Households of the grid, and of the building, as the office has them.
    fn count_households(&self) -> Result<(usize, usize)> {
        let records = self.district.list(&["export"])?;
        let households: Vec<_> = records.iter().filter(|record| record["kind"] == "household").collect();
        let in_building = |record: &&&serde_json::Value| record["record"]["building"] == self.building.as_str();
        Ok((households.len(), households.iter().filter(in_building).count()))
    }
}

/// Pastes the code and taps the button; the home page follows.
pub(super) async fn bind(phone: &Phone, code: &str) -> Result<()> {
    phone.write(&testid("enrol-text"), code).await?;
    phone.tap(&testid("enrol-submit")).await?;
    phone.see(&testid("tab-today"), &[]).await?;
    phone.see(&format!("{}.gc-sync_verified", testid("sync-chip")), &[]).await
}

/// The list says how many households there are, and a search finds one of them.
async fn see_count(phone: &Phone, count: usize) -> Result<()> {
    go_to(phone, "tab-households").await?;
    phone.see(&testid("result-count"), &[&count.to_string()]).await?;
    find_household(phone, INITIALS, &[DOOR, CONTACT]).await?;
    phone.write(&testid("search"), "").await?;
    phone.see(&testid("result-count"), &[&count.to_string()]).await
}
