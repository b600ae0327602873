//! How things on a screen are named: by `data-testid`, never by look or wording.

/// CSS selector of the element with this test id.
#[must_use]
pub fn testid(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

/// One line of what stands there, for people: white space folded.
pub(super) fn text_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Resolves once an element that fits the selector and shows all the texts is there; waits for changes of the page,
/// never for a time. Arguments: selector, texts, present (or gone).
pub(super) const UNTIL: &str = r"
    const [selector, texts, present, done] = arguments;
    const fits = () => Array.from(document.querySelectorAll(selector)).some(
        (element) => {
            const shown = element.innerText + ' ' + (element.value || '');
            return texts.every((text) => shown.includes(text));
        });
    const check = () => fits() === present;
    if (check()) { done(true); return; }
    const observer = new MutationObserver(() => { if (check()) { observer.disconnect(); done(true); } });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
";

/// Brings the first fitting element to the middle of the screen, where no bar covers it, and gives what a finger
/// would touch, once it no longer moves: the element, or the label of a box that is drawn by its label. Arguments:
/// selector, texts.
pub(super) const REACH: &str = r"
    const [selector, texts, done] = arguments;
    const found = Array.from(document.querySelectorAll(selector)).find((element) => {
        const shown = element.innerText + ' ' + (element.value || '');
        return texts.every((text) => shown.includes(text));
    });
    if (!found) return done(null);
    const target = found.matches('input[type=radio], input[type=checkbox]') ? found.closest('label') || found : found;
    target.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
    const place = () => { const { x, y, width, height } = target.getBoundingClientRect(); return `${x} ${y} ${width} ${height}`; };
    const settle = (before) => setTimeout(() => {
        if (!target.isConnected) return done(null);
        const now = place();
        if (now === before) return done(target);
        target.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
        settle(place());
    }, 40);
    settle(place());
";

/// Puts a text into a field as an input method does: all at once, with an `input` event. Arguments: selector, text.
pub(super) const WRITE: &str = r"
    const [selector, text] = arguments;
    const field = document.querySelector(selector);
    const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement
        : field instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement;
    field.focus();
    Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return field.value;
";

/// Presses a key that an input method takes. Arguments: selector, key.
pub(super) const COMPOSE_KEY: &str = r"
    const [selector, key] = arguments;
    const field = document.querySelector(selector);
    field.focus();
    field.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode: 229, which: 229, bubbles: true, cancelable: true }));
";

/// Makes the page draw for two seconds, without a visible change: WebKit takes a picture with the next frame, and a page
/// at rest has none.
pub(super) const STIR: &str = r"
    let frames = 40;
    const timer = setInterval(() => {
        frames -= 1;
        document.body.style.opacity = frames > 0 && frames % 2 ? '0.999' : '';
        if (frames <= 0) clearInterval(timer);
    }, 50);
";

/// Resolves when the address is no longer the given one and the new page is drawn. Argument: the old address.
pub(super) const LEFT: &str = r"
    const [address, done] = arguments;
    const drawn = () => setTimeout(() => setTimeout(() => done(true)));
    if (location.hash !== address) { drawn(); return; }
    addEventListener('hashchange', drawn, { once: true });
";
