//! Starts the field screens in the window.

fn main() {
    #[cfg(target_arch = "wasm32")]
    ui::start();
}
