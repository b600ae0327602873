//! Server-sent events out of the pieces in which they arrive.
//!
//! As the HTML standard says (lines end in LF, CR or CRLF; `:` begins a comment; an empty line ends an event), without
//! what nobody here sends: `id` and `retry` are skipped. What is too long is not kept: such an event arrives without
//! its data, so that it is noticed and cannot fill the memory.

/// Longest line, and longest data of one event, that is kept, in bytes.
const LIMIT_BYTES: usize = 64 * 1024;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ServerEvent {
    /// Its name; empty when it has none.
    pub(super) name: String,
    /// Its data, lines parted by LF; `None` when it was too long.
    pub(super) data: Option<String>,
}

/// Reads events from a stream of bytes.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    line: Vec<u8>,
    is_line_too_long: bool,
    /// The last byte was CR: an LF that follows belongs to it.
    is_after_cr: bool,
    name: String,
    data: Option<String>,
    is_data_too_long: bool,
}

impl EventReader {
    /// Takes in a piece; the events that it completes.
    pub(super) fn read(&mut self, piece: &[u8]) -> Vec<ServerEvent> {
        let mut events = Vec::new();
        for &byte in piece {
            match byte {
                b'\n' if self.is_after_cr => {}
                b'\r' | b'\n' => events.extend(self.end_line()),
                _ if self.line.len() < LIMIT_BYTES => self.line.push(byte),
                _ => self.is_line_too_long = true,
            }
            self.is_after_cr = byte == b'\r';
        }
        events
    }

    fn end_line(&mut self) -> Option<ServerEvent> {
        let line = std::mem::take(&mut self.line);
        let is_too_long = std::mem::take(&mut self.is_line_too_long);
        if line.is_empty() {
            return self.end_event();
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" if !is_too_long => value.clone_into(&mut self.name),
            "data" => self.add_data(value, is_too_long),
            // A comment (no field), or something that is not for us.
            _ => {}
        }
        None
    }

    fn add_data(&mut self, value: &str, is_too_long: bool) {
        let data = self.data.get_or_insert_default();
        if is_too_long || data.len() + value.len() > LIMIT_BYTES {
            self.is_data_too_long = true;
            return;
        }
        data.push_str(value);
        data.push('\n');
    }

    /// An event without any data is none.
    fn end_event(&mut self) -> Option<ServerEvent> {
        let name = std::mem::take(&mut self.name);
        let is_too_long = std::mem::take(&mut self.is_data_too_long);
        let mut data = self.data.take()?;
        data.pop();
        Some(ServerEvent { name, data: (!is_too_long).then_some(data) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> ServerEvent {
        ServerEvent { name: name.into(), data: Some(data.into()) }
    }

    fn read_all(text: &str) -> Vec<ServerEvent> {
        EventReader::default().read(text.as_bytes())
    }

    #[test]
    fn every_way_of_cutting_gives_the_same_events() {
        let text = "\u{feff}: hello\r\nevent: advanced\r\ndata: {\"网格\":1}\r\n\r\n:\n\ndata:a\ndata: b\n\nevent: x\rdata\r\r";
        let expected = [event("advanced", "{\"网格\":1}"), event("", "a\nb"), event("x", "")];
        assert_eq!(read_all(text), expected);
        let bytes = text.as_bytes();
        for size in 1..bytes.len() {
            let mut reader = EventReader::default();
            let events: Vec<_> = bytes.chunks(size).flat_map(|piece| reader.read(piece)).collect();
            assert_eq!(events, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_not_for_us_is_skipped() {
        let events = read_all("id: 7\nretry: 10\nphoto: x\n\nevent: lonely\n\ndata: 1\n\nevent: cut off\ndata: 2\n");
        assert_eq!(events, [event("", "1")], "no data is no event, a name does not outlive its event");
    }

    #[test]
    fn what_never_ends_does_not_fill_the_memory() {
        let mut reader = EventReader::default();
        assert_eq!(reader.read(b"event: advanced\ndata: "), []);
        for _ in 0..1_000 {
            assert_eq!(reader.read(&[b'x'; 1_000]), []);
        }
        assert!(reader.line.len() <= LIMIT_BYTES);
        assert_eq!(reader.read(b"\n\n"), [ServerEvent { name: "advanced".into(), data: None }]);
        for _ in 0..1_000 {
            assert_eq!(reader.read(&[b"data: ".as_slice(), &[b'x'; 1_000], b"\n"].concat()), []);
        }
        assert!(reader.data.as_ref().is_some_and(|data| data.len() <= LIMIT_BYTES + 1));
        assert_eq!(reader.read(b"\ndata: 1\n\n"), [ServerEvent::default(), event("", "1")]);
    }
}
