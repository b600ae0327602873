//! Without the server: both visit the same household, and a phone dies.

use anyhow::{Result, ensure};
use tests::window::testid;

use super::{
    CONTACT, CONTACT_BY_LEAD, CONTACT_BY_WORKER, DOOR, Day, HAZARD, INITIALS, NEW_MEMBER, NEW_TEL, OTHER_CONTACT,
    OTHER_INITIALS, UNFINISHED, find_household, go_to, open_household,
};

impl Day {
    /// 陈立 visits with the checklist for calm times: somebody moved in, ask for somebody else, the stairwell is blocked.
    pub(super) async fn visit_as_worker(&mut self) -> Result<()> {
        let phone = &self.worker;
        find_household(phone, INITIALS, &[DOOR, CONTACT]).await?;
        self.album.picture(phone, "worker-search", "finds the household by three letters, offline").await?;
        phone.tap_text(&testid("household-row"), &[DOOR]).await?;
        phone.tap(&testid("record-visit")).await?;
        phone.tap(&testid("outcome-met")).await?;
        phone.tap(&testid("add-member")).await?;
        phone.write(&testid("member-name"), NEW_MEMBER).await?;
        phone.write(&testid("new-relation-0"), "3").await?;
        phone.write(&testid("new-tel-0"), NEW_TEL).await?;
        phone.write(&testid("contact-name"), CONTACT_BY_WORKER).await?;
        phone.see(&testid("changes"), &[NEW_MEMBER, CONTACT_BY_WORKER]).await?;
        phone.tap(&testid(&format!("hazard-{HAZARD}"))).await?;
        phone.tap(&testid(&format!("make-incident-{HAZARD}"))).await?;
        phone.see(&format!("{}[aria-pressed=\"true\"]", testid(&format!("make-incident-{HAZARD}"))), &[]).await?;
        self.album.picture(phone, "worker-visit-form", "fills in the visit; a hazard will become an incident").await?;
        phone.tap(&testid("submit-visit")).await?;
        phone.see(&testid("receipt"), &[]).await?;
        phone.see(&testid("receipt-incident"), &[]).await?;
        self.album.picture(phone, "worker-receipt", "sees that the visit is saved on the phone").await?;

        // Then a second form, begun and not finished.
        find_household(phone, OTHER_INITIALS, &[OTHER_CONTACT]).await?;
        phone.tap_text(&testid("household-row"), &[OTHER_CONTACT]).await?;
        phone.tap(&testid("record-visit")).await?;
        phone.tap(&testid("outcome-family")).await?;
        phone.tap(&testid("fold-evidence")).await?;
        phone.write(&testid("q-note"), UNFINISHED).await?;
        phone.see(&format!("{}.gc-state_confirmed", testid("save-state")), &[]).await?;
        self.album.picture(phone, "worker-unfinished", "has begun another visit; it is saved while he types").await
    }

    /// 周桂芳 finds nobody home, and hears from a neighbour whom to ask for.
    pub(super) async fn visit_as_lead(&mut self) -> Result<()> {
        let phone = &self.lead;
        open_household(phone).await?;
        phone.tap(&testid("record-visit")).await?;
        phone.tap(&testid("outcome-absent")).await?;
        phone.tap(&testid("submit-visit")).await?;
        phone.see(&testid("receipt"), &[]).await?;
        self.album.picture(phone, "lead-nobody-home", "notes that nobody was home").await?;
        phone.tap(&testid("receipt-household")).await?;
        phone.tap(&testid("edit-household")).await?;
        phone.write(&testid("contact-name"), CONTACT_BY_LEAD).await?;
        phone.tap(&testid("save-household")).await?;
        phone.see(&testid("household-contact"), &[CONTACT_BY_LEAD]).await?;
        self.album.picture(phone, "lead-contact-changed", "has put down another person to ask for").await
    }

    /// 陈立's app is ended the hard way. Started again, all is there: what was submitted and what was being typed.
    pub(super) async fn kill_and_start_again(&mut self) -> Result<()> {
        self.worker.kill()?;
        self.album.tell("陈立's app is killed");
        self.worker.start().await?;
        let phone = &self.worker;
        phone.see(&testid("draft-row"), &[]).await?;
        self.album.picture(phone, "worker-started-again", "finds the form that was begun on the first page").await?;
        phone.tap(&testid("draft-row")).await?;
        phone.see(&testid("resumed"), &[]).await?;
        phone.see(&testid("q-note"), &[UNFINISHED]).await?;

        open_household(phone).await?;
        phone.see(&testid("household-contact"), &[CONTACT_BY_WORKER]).await?;
        phone.see(&testid("member-row"), &[NEW_MEMBER]).await?;
        let visits = phone.read(&testid("visit-list")).await?.join(" ");
        ensure!(visits.contains("陈立"), "陈立's visit is not in the list: {visits}");
        phone.see(&testid("incident-row"), &[]).await?;
        self.album.picture(phone, "worker-all-there", "still has the visit, the new member and the incident").await?;
        go_to(phone, "tab-tasks").await?;
        phone.see(&testid("incident-row"), &[]).await?;
        self.album.picture(phone, "worker-tasks", "sees the incident, not sent yet").await?;
        phone.tap(&testid("tab-me")).await?;
        phone.see(&testid("unsent-row"), &[]).await?;
        self.album.picture(phone, "worker-unsent", "sees what is not sent yet, record by record").await
    }
}
