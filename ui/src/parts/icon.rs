//! Icons: strokes on a 24 px grid, one `<symbol>` each in `index.html`; always beside a word, so hidden from readers.

use yew::prelude::*;

/// An icon at text height times one and a half.
pub(crate) fn icon(name: &'static str) -> Html {
    draw(name, "gc-ic")
}

/// An icon as high as the letters beside it.
pub(crate) fn icon_small(name: &'static str) -> Html {
    draw(name, "gc-ic gc-ic_s")
}

fn draw(name: &'static str, class: &'static str) -> Html {
    html! { <svg {class} aria-hidden="true"><use href={format!("#i-{name}")} /></svg> }
}
