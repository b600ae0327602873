//! One person's phone: the finished app in a window, and a finger.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::page::{COMPOSE_KEY, LEFT, REACH, STIR, UNTIL, WRITE, text_of};
use super::program::{Process, find_free_port, find_program};
use super::{Display, PATIENCE};

/// A phone with its app open.
pub struct Phone {
    owner: String,
    folder: PathBuf,
    running: Option<Running>,
    // After the window on it.
    display: Display,
}

/// The app, and what drives it.
struct Running {
    client: Client,
    _driver: Process,
}

impl Phone {
    /// Opens the app of `owner`, with everything it keeps in `folder`.
    ///
    /// # Errors
    /// If WebKitWebDriver or the app is missing, or the window does not open.
    pub async fn open(owner: &str, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let display = Display::start()?;
        let mut phone = Self { owner: owner.to_owned(), folder: folder.to_path_buf(), running: None, display };
        phone.start().await?;
        Ok(phone)
    }

    /// Whose phone it is.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Where the app keeps its files.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts the app again after [`Phone::kill`].
    ///
    /// # Errors
    /// As [`Phone::open`].
    pub async fn start(&mut self) -> Result<()> {
        let port = find_free_port()?;
        let log = fs::File::options().create(true).append(true).open(self.folder.join("window.log"))?;
        let mut driver = Process::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("DISPLAY", self.display.name())
                .env_remove("WAYLAND_DISPLAY")
                .env("GDK_BACKEND", "x11")
                .env("TAURI_AUTOMATION", "true")
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                // Each phone has a home of its own, and nothing of this machine's.
                .env("HOME", &self.folder)
                .env("XDG_DATA_HOME", self.folder.join("share"))
                .env("XDG_CONFIG_HOME", self.folder.join("config"))
                .env("XDG_CACHE_HOME", self.folder.join("cache"))
                .env("NO_AT_BRIDGE", "1")
                .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
                .env("LIBGL_ALWAYS_SOFTWARE", "1")
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log),
        )?;
        wait_for_port(port, &mut driver).await.context("WebKitWebDriver does not answer")?;
        let options = json!({
            "binary": find_program("grid-companion")?,
            "args": ["--data", self.data()],
        });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .with_context(|| {
                format!("the app of {} does not open; see {}/window.log", self.owner, self.folder.display())
            })?;
        answered(client.update_timeouts(TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), None))).await?;
        self.running = Some(Running { client, _driver: driver });
        self.see("[data-testid]", &[]).await
    }

    /// Ends the app the hard way, as a system short of memory does: no farewell, nothing flushed.
    ///
    /// # Errors
    /// If there is no such process.
    pub fn kill(&mut self) -> Result<()> {
        let program = find_program("grid-companion")?;
        let process = find_process(&program, &self.data()).context("the app is not running")?;
        // The shell's own `kill`: a bare machine has no program of that name.
        let status = Command::new("sh").args(["-c", "kill -KILL \"$0\"", &process]).status()?;
        if !status.success() {
            bail!("the app of {} could not be killed", self.owner);
        }
        self.running = None;
        Ok(())
    }

    /// Waits until an element that fits the selector shows all of these texts.
    ///
    /// # Errors
    /// If it does not come; with what stood on the screen instead.
    pub async fn see(&self, selector: &str, texts: &[&str]) -> Result<()> {
        self.wait_until(selector, texts, true).await
    }

    /// Waits until no element fits the selector and shows these texts.
    ///
    /// # Errors
    /// If it stays; with what stands on the screen.
    pub async fn see_gone(&self, selector: &str, texts: &[&str]) -> Result<()> {
        self.wait_until(selector, texts, false).await
    }

    /// Taps the first element that fits the selector, as soon as it is there.
    ///
    /// # Errors
    /// If it does not come or something covers it.
    pub async fn tap(&self, selector: &str) -> Result<()> {
        self.tap_text(selector, &[]).await
    }

    /// Taps the first element that fits the selector and shows these texts.
    ///
    /// # Errors
    /// As [`Phone::tap`].
    pub async fn tap_text(&self, selector: &str, texts: &[&str]) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.see(selector, texts).await?;
            // The page may be redrawn between finding and tapping: find again, until the deadline.
            let outcome = self.try_tap(selector, texts).await;
            match outcome {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() > deadline => {
                    return Err(error.context(format!("{} cannot tap {selector} {texts:?}", self.owner)));
                }
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    async fn try_tap(&self, selector: &str, texts: &[&str]) -> Result<()> {
        let client = self.client()?;
        let found = answered(client.execute_async(REACH, vec![json!(selector), json!(texts)])).await?;
        let reference = found.as_object().and_then(|object| object.values().next()).and_then(Value::as_str);
        let reference = reference.context("it is gone again")?.to_owned();
        answered(Element::from_element_id(client.clone(), ElementRef::from(reference)).click()).await
    }

    /// Taps "back" until the tabs at the bottom are there.
    ///
    /// # Errors
    /// If there is no way back.
    pub async fn go_back_to_tabs(&self, tab: &str, back: &str) -> Result<()> {
        loop {
            self.see(&format!("{tab}, {back}"), &[]).await?;
            if !self.read(tab).await?.is_empty() {
                return Ok(());
            }
            let client = self.client()?;
            let address = answered(client.execute("return location.hash", vec![])).await?;
            self.tap(back).await?;
            answered(client.execute_async(LEFT, vec![address])).await?;
        }
    }

    /// The system's Back: the history of the window goes back by one.
    ///
    /// # Errors
    /// If the window is gone.
    pub async fn go_back(&self) -> Result<()> {
        answered(self.client()?.execute("history.back()", vec![])).await?;
        Ok(())
    }

    /// Presses a key in a field while an input method composes, as engines report it that do not say `isComposing`.
    ///
    /// # Errors
    /// If the field does not come.
    pub async fn compose_key(&self, selector: &str, key: &str) -> Result<()> {
        self.see(selector, &[]).await?;
        answered(self.client()?.execute(COMPOSE_KEY, vec![json!(selector), json!(key)])).await?;
        Ok(())
    }

    /// Types with the keys of a keyboard, one after the other; for Latin letters and digits.
    ///
    /// # Errors
    /// If the field does not come.
    pub async fn type_keys(&self, selector: &str, text: &str) -> Result<()> {
        self.see(selector, &[]).await?;
        let field = answered(self.client()?.find(Locator::Css(selector))).await?;
        answered(field.send_keys(text)).await.with_context(|| format!("{} cannot type into {selector}", self.owner))
    }

    /// Replaces a field's text, as an input method does for Chinese: all at once.
    ///
    /// # Errors
    /// If the field does not come or does not take the text.
    pub async fn write(&self, selector: &str, text: &str) -> Result<()> {
        self.see(selector, &[]).await?;
        let value = answered(self.client()?.execute(WRITE, vec![json!(selector), json!(text)])).await?;
        if value.as_str() != Some(text) {
            bail!("{} wrote {text:?} into {selector}, which now holds {value}", self.owner);
        }
        Ok(())
    }

    /// The texts of all elements that fit the selector, in order, each as one line.
    ///
    /// # Errors
    /// If the window is gone.
    pub async fn read(&self, selector: &str) -> Result<Vec<String>> {
        let script =
            "return Array.from(document.querySelectorAll(arguments[0])).map((e) => e.innerText || e.value || '')";
        let found = answered(self.client()?.execute(script, vec![json!(selector)])).await?;
        let texts = found.as_array().into_iter().flatten();
        Ok(texts.map(|text| text_of(text.as_str().unwrap_or_default())).collect())
    }

    /// An attribute of the first element that fits.
    ///
    /// # Errors
    /// If the window is gone.
    pub async fn read_attribute(&self, selector: &str, attribute: &str) -> Result<Option<String>> {
        let script = "const e = document.querySelector(arguments[0]); return e && e.getAttribute(arguments[1])";
        let found = answered(self.client()?.execute(script, vec![json!(selector), json!(attribute)])).await?;
        Ok(found.as_str().map(str::to_owned))
    }

    /// The window as a PNG.
    ///
    /// # Errors
    /// If the window is gone.
    pub async fn take_picture(&self) -> Result<Vec<u8>> {
        let client = self.client()?;
        answered(client.execute(STIR, vec![])).await?;
        answered(client.screenshot()).await
    }

    async fn wait_until(&self, selector: &str, texts: &[&str], is_present: bool) -> Result<()> {
        let arguments = vec![json!(selector), json!(texts), Value::Bool(is_present)];
        let Err(error) = answered(self.client()?.execute_async(UNTIL, arguments)).await else { return Ok(()) };
        let screen = self.read("body").await.unwrap_or_default().join(" ");
        let wish = if is_present { "does not see" } else { "still sees" };
        if let (Ok(picture), Some(folder)) = (self.take_picture().await, std::env::var_os("GRID_DAY_PICTURES")) {
            // Best effort: the words below say the same.
            let _ = fs::write(Path::new(&folder).join("failed.png"), picture);
        }
        bail!("{} {wish} {selector} {texts:?} ({error}).\nThe screen says: {screen}", self.owner);
    }

    fn client(&self) -> Result<&Client> {
        Ok(&self.running.as_ref().with_context(|| format!("the app of {} is not open", self.owner))?.client)
    }
}

/// What the driver answers. A page that is too busy to answer at all ends the story as well, not only one that says no.
async fn answered<T>(request: impl Future<Output = Result<T, CmdError>>) -> Result<T> {
    tokio::time::timeout(PATIENCE * 2, request)
        .await
        .context("the window does not answer any more")?
        .map_err(Into::into)
}

/// Number of the process that runs this program on this folder.
fn find_process(program: &Path, data: &Path) -> Option<String> {
    let (program, data) = (program.as_os_str().as_encoded_bytes(), data.as_os_str().as_encoded_bytes());
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let mut words = line.split(|byte| *byte == 0);
        (words.next() == Some(program) && words.any(|word| word == data))
            .then(|| entry.file_name().to_string_lossy().into_owned())
    })
}

/// Waits until somebody listens there. A process that starts sends no signal, so it is asked again and again.
async fn wait_for_port(port: u16, process: &mut Process) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if process.has_ended() {
            bail!("it ended at once");
        }
        if Instant::now() > deadline {
            bail!("nobody listens on port {port}");
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Ok(())
}
