//! The field screens: draws views, dispatches commands.
//!
//! Door policy. No rule of the trade is decided here (`domain`), nothing is stored or sent (`companion`); what a
//! screen shows is asked for through `ipc` and drawn. Pages are plain data with a pure `update` (`state`), so what a
//! tap does is tested natively; markup is rendered on the server side of Yew and compared with golden files.
//!
//! Names of elements for tests in a real window stand in `ui/README.md`.

mod app;
mod browser;
mod i18n;
mod ipc;
mod pages;
mod parts;
mod route;
mod state;

#[cfg(test)]
mod tests;

/// Starts the app in the window. Only meaningful in a browser.
pub fn start() {
    console_error_panic_hook::set_once();
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id("app"));
    if let Some(root) = root {
        root.set_inner_html("");
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
