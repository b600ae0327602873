//! The companion as the shell holds it.

use std::path::Path;

use companion::driver::{App, AppOptions, StartError};
use companion::{OpenError, StoreError, Surroundings};
use contract::{Command as _, CommandError, Enrol, ErrorCode, GetSession, GetSync, SessionView, SyncResult, SyncView};

/// The office's own certificate authority (PEM), if its server has a certificate of its own making.
const SITE_CA_FILE: &str = "site-ca.pem";

/// An open companion, or the reason why there is none: then every command answers with it.
pub(crate) struct Phone(Result<App, CommandError>);

impl Phone {
    /// Opens the companion whose files lie in `folder`.
    pub(crate) async fn open(folder: &Path) -> Self {
        let options = AppOptions {
            data_dir: folder.to_path_buf(),
            surroundings: Surroundings::of_device(env!("CARGO_PKG_VERSION")),
            site_ca: std::fs::read(folder.join(SITE_CA_FILE)).ok(),
            platform: std::env::consts::OS.to_owned(),
        };
        Self(App::start(options).await.map_err(|error| {
            tracing::error!(%error, "the companion cannot be opened");
            describe(&error)
        }))
    }

    /// Carries out a command; both texts are JSON.
    pub(crate) async fn invoke(&self, name: &str, request: &str) -> Result<String, String> {
        let reply = match &self.0 {
            Ok(app) => app.invoke(name, request).await,
            Err(error) => Err(error.clone()),
        };
        reply.map_err(|error| serde_json::to_string(&error).expect("a code and two texts are JSON"))
    }

    /// Enrols unless this is somebody's phone already, and the server knows it.
    pub(crate) async fn enrol_if_new(&self, text: &str) -> Result<(), String> {
        let session = self.invoke(GetSession::NAME, "{}").await?;
        let is_new = serde_json::from_str::<SessionView>(&session).is_ok_and(|session| session.account.is_none());
        if is_new || self.has_lost_its_right().await? {
            let request = serde_json::to_string(&Enrol { text: text.to_owned() }).expect("a text is JSON");
            self.invoke(Enrol::NAME, &request).await?;
        }
        Ok(())
    }

    /// The server has taken its right, or does not know it any more.
    async fn has_lost_its_right(&self) -> Result<bool, String> {
        let sync = self.invoke(GetSync::NAME, "{}").await?;
        let last = serde_json::from_str::<SyncView>(&sync).ok().and_then(|sync| sync.last);
        Ok(last.is_some_and(|last| matches!(last.result, SyncResult::Revoked | SyncResult::Stranger)))
    }

    /// Whether its owner sits at a desk: nobody to visit, incidents to read beside each other.
    pub(crate) async fn is_desk(&self) -> bool {
        let Ok(session) = self.invoke(GetSession::NAME, "{}").await else { return false };
        let session: Option<SessionView> = serde_json::from_str(&session).ok();
        session.and_then(|session| session.account).is_some_and(|account| !account.has_households)
    }

    /// Calls `on_json` with everything the companion says without being asked.
    pub(crate) fn subscribe(&self, on_json: impl Fn(String) + Send + Sync + 'static) {
        if let Ok(app) = &self.0 {
            app.subscribe(move |event| on_json(serde_json::to_string(&event).expect("an event is JSON")));
        }
    }

    /// The app ends: what waits is handed in, if it takes moments only.
    pub(crate) async fn end(&self) {
        if let Ok(app) = &self.0 {
            app.shutdown().await;
        }
    }

    /// Somebody looks at the screen: a good moment to sync.
    pub(crate) fn note_foreground(&self) {
        if let Ok(app) = &self.0 {
            app.note_foreground();
        }
    }
}

/// What the screens are told when the app cannot start.
fn describe(error: &StartError) -> CommandError {
    let code = match error {
        StartError::Store(OpenError::Newer { .. }) => ErrorCode::NewerFormat,
        StartError::Store(OpenError::Full | OpenError::Store(StoreError::Full)) => ErrorCode::StorageFull,
        StartError::Store(_) | StartError::Folder(_) => ErrorCode::StorageFailed,
        StartError::Client(_) | StartError::Interrupted => ErrorCode::Internal,
    };
    CommandError::new(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_of_a_newer_app_is_said_by_its_code() {
        let newer = StartError::Store(OpenError::Newer { found: 9, known: 1 });
        assert_eq!(describe(&newer).code, ErrorCode::NewerFormat);
        assert_eq!(describe(&StartError::Store(OpenError::Full)).code, ErrorCode::StorageFull);
    }

    #[test]
    fn without_a_companion_every_command_answers_with_the_reason() {
        let phone = Phone(Err(CommandError::new(ErrorCode::StorageFull)));
        let answer = tauri::async_runtime::block_on(phone.invoke("get_session", "{}")).unwrap_err();
        assert_eq!(serde_json::from_str::<CommandError>(&answer).unwrap().code, ErrorCode::StorageFull);
        phone.note_foreground();
    }
}
