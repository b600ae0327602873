//! The incident from the stairwell is dispatched, handled, looked at and closed, by three people who are online: what one
//! does the others see without asking.

use anyhow::{Result, ensure};
use serde_json::Value;
use tests::window::{Phone, testid};

use super::morning::bind;
use super::{Day, HAZARD, ORGANISATION, ORGANISATION_NAME, go_to};

/// What the handler reports.
const RESULT: &str = "旧家具已清走，通道畅通";

impl Day {
    /// 王敏 accepts and dispatches at her desk, 赵磊 handles it, 陈立 verifies and asks the resident.
    pub(super) async fn close_the_incident(&mut self) -> Result<()> {
        let mut desk = Phone::open("王敏", &self.folder.path().join("desk")).await?;
        bind(&desk, &self.district.make_enrolment("王敏")?).await?;
        // From the second start on a desk's window is wide: two panes.
        desk.kill()?;
        desk.start().await?;
        let handler = Phone::open("赵磊", &self.folder.path().join("handler")).await?;
        bind(&handler, &self.district.make_enrolment("赵磊")?).await?;
        go_to(&handler, "tab-tasks").await?;
        ensure!(handler.read(&testid("incident-row")).await?.is_empty(), "赵磊 has an incident before it is his");
        self.album.picture(&handler, "handler-nothing", "has nothing to do yet").await?;

        desk.tap(&testid("tab-tasks")).await?;
        desk.tap(&testid("queue-to-accept")).await?;
        desk.tap(&testid("incident-row")).await?;
        desk.tap(&testid("step-accept")).await?;
        desk.see(&testid("history-line"), &["王敏", "受理"]).await?;
        self.album.picture(&desk, "desk-accepted", "accepts what was reported, with the queue beside it").await?;
        desk.tap(&testid("step-dispatch")).await?;
        desk.tap(&testid(&format!("org-{ORGANISATION}"))).await?;
        desk.write(&testid("step-text"), "今天内先清出一人宽的通道").await?;
        self.album.picture(&desk, "desk-dispatch", "chooses who handles it, and until when").await?;
        desk.tap(&testid("step-send")).await?;
        desk.see(&testid("history-line"), &["王敏", "派单", ORGANISATION_NAME]).await?;

        // It comes by itself: nobody taps "sync now".
        handler.see(&testid("incident-row"), &[]).await?;
        self.album.picture(&handler, "handler-inbox", "sees what was dispatched to the company, by itself").await?;
        handler.tap(&testid("incident-row")).await?;
        handler.tap(&testid("step-start")).await?;
        handler.tap(&testid("step-submit-result")).await?;
        handler.write(&testid("step-text"), RESULT).await?;
        self.album.picture(&handler, "handler-result", "writes down the result").await?;
        handler.tap(&testid("step-send")).await?;
        handler.see(&testid("history-line"), &["赵磊", RESULT]).await?;
        self.album.picture(&handler, "handler-done", "has handed in the result").await?;

        go_to(&self.worker, "tab-tasks").await?;
        self.worker.see(&testid("incident-row"), &[]).await?;
        self.worker.tap(&testid("incident-row")).await?;
        self.worker.see(&testid("history-line"), &["赵磊", RESULT]).await?;
        self.album.picture(&self.worker, "worker-to-verify", "is asked to look whether it is true").await?;
        self.worker.tap(&testid("verify-pass")).await?;
        self.worker.tap(&testid("step-send")).await?;
        self.worker.tap(&testid("step-feedback")).await?;
        self.worker.tap(&testid("satisfaction-1")).await?;
        self.album.picture(&self.worker, "worker-call-back", "asks the resident").await?;
        self.worker.tap(&testid("step-send")).await?;
        self.worker.see(&testid("history-line"), &["陈立", "满意"]).await?;
        self.album.picture(&self.worker, "worker-closed", "has told the resident; it is closed").await?;

        desk.see(&testid("history-line"), &["陈立", "满意"]).await?;
        self.album.picture(&desk, "desk-closed", "sees every step, who and when").await?;
        self.read_the_loop()
    }

    /// The ledger has one story: reported, accepted, dispatched, handled, looked at, told, closed; all of it effective.
    fn read_the_loop(&self) -> Result<()> {
        let incidents = self.district.list(&["export", "incidents"])?;
        ensure!(incidents.len() == 1, "{} incidents", incidents.len());
        let incident = &incidents[0]["record"];
        ensure!(incident["category"] == HAZARD, "the incident is {}", incident["category"]);
        let steps = incident["transitions"].as_object().map(|steps| steps.len());
        let decisions = incident["decisions"].as_object().cloned().unwrap_or_default();
        ensure!(steps == Some(7) && decisions.len() == 7, "{steps:?} steps, {} decisions", decisions.len());
        ensure!(decisions.values().all(|decision| decision["effective"] == Value::Bool(true)), "{decisions:?}");
        let number = incident["human_no"].as_str().unwrap_or_default();
        ensure!(number.len() == 19 && number.starts_with("990102"), "the number is {number:?}");
        self.album.tell(&format!("incident {number} went its whole way in 7 steps, each decided once"));
        Ok(())
    }
}
