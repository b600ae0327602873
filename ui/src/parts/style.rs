//! Sizes that are known only while running.

use yew::Html;

/// Sets an element's style by the document's own interface: a `style` attribute would be dropped by the content
/// policy. Nothing happens outside a browser.
pub(crate) fn set_style(html: Html, css: &str) -> Html {
    #[cfg(target_arch = "wasm32")]
    if let Html::VTag(tag) = html {
        let mut tag = std::rc::Rc::unwrap_or_clone(tag);
        tag.add_property("style", css);
        return tag.into();
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = css;
    html
}
