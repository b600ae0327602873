//! What the companion is handed from outside: time, randomness, the app's version.

use domain::UnixMillis;

/// A clock. The device's may be wrong: what orders things is the server's.
pub trait Clock: Send {
    /// The moment now.
    fn now(&self) -> UnixMillis;
}

/// A source of random bytes for ids.
pub trait Random: Send {
    /// Fills the whole slice.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Everything that a run of the app does not decide itself.
pub struct Surroundings {
    /// Time.
    pub clock: Box<dyn Clock>,
    /// Randomness.
    pub random: Box<dyn Random>,
    /// Version of the app, for the about page.
    pub version: String,
}

impl Surroundings {
    /// The device's own clock and random source.
    #[must_use]
    pub fn of_device(version: impl Into<String>) -> Self {
        Self { clock: Box::new(DeviceClock), random: Box::new(DeviceRandom), version: version.into() }
    }

    /// Ten random bytes, as an id takes them.
    pub(crate) fn id_bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        bytes
    }
}

struct DeviceClock;

impl Clock for DeviceClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(jiff::Timestamp::now().as_millisecond())
    }
}

struct DeviceRandom;

impl Random for DeviceRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("an operating system without randomness cannot run this app");
    }
}
