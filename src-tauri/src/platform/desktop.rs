//! The desktop's side of `platform`.

use std::ffi::OsString;
use std::time::Duration;

use tauri::{AppHandle, Builder, LogicalSize, Manager, WebviewWindow, WindowEvent, Wry};

use crate::options::Options;

/// What follows the program's name.
pub(crate) fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os().skip(1)
}

/// Says something to whoever started the program from a terminal.
pub(crate) fn complain(text: &str) {
    #[expect(clippy::print_stderr, reason = "there is no window to say it in")]
    {
        eprintln!("{text}");
    }
}

/// One window per person: a second start brings the first window to the front. Whoever names a folder of their own
/// knows what they do (two phones side by side, tests) and gets a window of their own. A window closes after what was
/// typed last is stored.
pub(crate) fn add_plugins(builder: Builder<Wry>, options: &Options) -> Builder<Wry> {
    let builder = builder.on_window_event(|window, event| {
        if let WindowEvent::CloseRequested { api, .. } = event
            && let Some(window) = window.get_webview_window(window.label())
        {
            api.prevent_close();
            close_after_saving(window);
        }
    });
    if options.data.is_some() {
        return builder;
    }
    builder.plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| {
        for window in app.webview_windows().values() {
            // Best effort: a window that cannot be raised is still there.
            let _ = window.unminimize();
            let _ = window.set_focus();
        }
    }))
}

/// How long a window that is closed stays for what was typed within the last moments: the screens write
/// it as soon as they are told.
const SAVING_TIME: Duration = Duration::from_millis(250);

/// Tells the screens that the app goes, gives them time to hand over what was typed, and closes the window.
fn close_after_saving(window: WebviewWindow) {
    // Best effort: the window closes whatever becomes of it.
    let _ = window.hide();
    let _ = window.eval("dispatchEvent(new Event('pagehide'))");
    tauri::async_runtime::spawn_blocking(move || {
        #[expect(clippy::disallowed_methods, reason = "screens do not say when they have handed over everything")]
        std::thread::sleep(SAVING_TIME);
        let _ = window.destroy();
    });
}

/// Width and height of a window with two panes, in logical pixels.
const DESK: LogicalSize<f64> = LogicalSize::new(1240.0, 860.0);

/// Gives somebody at a desk room for two panes.
pub(crate) fn widen_for_desk(app: &AppHandle) {
    for window in app.webview_windows().values() {
        // Best effort: in a narrow window the same is there, one pane at a time.
        let _ = window.set_size(DESK);
    }
}
