//! The shell of 网格随行: a window on a desktop, a view on a phone.
//!
//! Door policy: it forwards. The screens ask the companion through `forward`, the companion's events reach every
//! window as `companion`; what the platform alone knows (folders, foreground, a second start) is handed to the
//! companion, and `platform` keeps the differences between desktop and phone side by side. No rule of the trade, no
//! SQL, no network code belongs here.
//!
//! Failure: a store that cannot be opened still gives a window; every command then answers with the reason, so that
//! the screens can say what happened and that nothing was deleted.

mod forward;
mod log;
mod options;
mod phone;
mod platform;

use std::path::PathBuf;
use std::process::ExitCode;

use tauri::{App, Emitter, Manager, RunEvent, WindowEvent};

use options::{Options, UnknownArgument};
use phone::Phone;

/// The event under which the companion's own words reach the window; its payload is JSON text.
const EVENT: &str = "companion";

/// Where a phone enters.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    start();
}

/// Where a desktop enters; gives what the process ends with.
pub fn start() -> ExitCode {
    // The one TLS provider of the house. A second call would only say that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = match Options::read(platform::arguments()) {
        Ok(options) => options,
        Err(UnknownArgument(argument)) => {
            platform::complain(&format!("not understood: {argument}\n{USAGE}"));
            return ExitCode::from(2);
        }
    };
    if options.is_enrol_only {
        return enrol_only(&options);
    }
    run_window(options)
}

const USAGE: &str = "usage: grid-companion [--data DIR] [--enrol TEXT [--enrol-only]]";

/// Enrols and fetches, without a window: for an office that prepares phones, and for sample data.
fn enrol_only(options: &Options) -> ExitCode {
    let (Some(folder), Some(enrolment)) = (&options.data, &options.enrolment) else {
        platform::complain(USAGE);
        return ExitCode::from(2);
    };
    log::begin(folder);
    let outcome = tauri::async_runtime::block_on(async {
        let phone = Phone::open(folder).await;
        phone.enrol_if_new(enrolment).await?;
        phone.invoke("sync_now", "{}").await
    });
    match outcome {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            platform::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run_window(options: Options) -> ExitCode {
    let builder = platform::add_plugins(tauri::Builder::default(), &options)
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(forward::handler())
        .setup(move |app| open_phone(app, options).map_err(Into::into));
    let app = match builder.build(tauri::generate_context!()) {
        Ok(app) => app,
        Err(error) => {
            platform::complain(&format!("the window cannot be opened: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = app.run_return(|handle, event| {
        if let (RunEvent::Exit, Some(phone)) = (&event, handle.try_state::<Phone>()) {
            tauri::async_runtime::block_on(phone.end());
        }
        // A window that comes to the front, a phone that wakes: time to look for news.
        let is_foreground = match event {
            RunEvent::Resumed => true,
            RunEvent::WindowEvent { event: WindowEvent::Focused(is_focused), .. } => is_focused,
            _ => false,
        };
        if is_foreground && let Some(phone) = handle.try_state::<Phone>() {
            phone.note_foreground();
        }
    });
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Opens the companion on this device's folder and ties its events to the window.
fn open_phone(app: &App, options: Options) -> tauri::Result<()> {
    let folder = data_folder(app, options.data)?;
    log::begin(&folder);
    let phone = tauri::async_runtime::block_on(Phone::open(&folder));
    let window = app.handle().clone();
    phone.subscribe(move |json| {
        if let Err(error) = window.emit(EVENT, json) {
            tracing::warn!(%error, "an event did not reach the window");
        }
    });
    app.manage(phone);
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        let phone = handle.state::<Phone>();
        if let Some(enrolment) = options.enrolment
            && let Err(error) = phone.enrol_if_new(&enrolment).await
        {
            tracing::warn!(%error, "the enrolment given at start was not accepted");
        }
        if phone.is_desk().await {
            platform::widen_for_desk(&handle);
        }
    });
    Ok(())
}

fn data_folder(app: &App, asked_for: Option<PathBuf>) -> tauri::Result<PathBuf> {
    let folder = asked_for.map_or_else(|| app.path().app_data_dir(), Ok)?;
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
