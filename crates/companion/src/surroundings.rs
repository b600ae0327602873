//! What the companion is handed from outside: time, randomness, the app's version.

use domain::{MonotonicMillis, UnixMillis};

/// A device's two clocks.
pub trait Clock: Send {
    /// What the device says the time is. It may be wrong and it may jump: [`crate::Companion::now`] corrects it.
    fn now(&self) -> UnixMillis;

    /// How long the device has been running, its sleep included where the platform tells: nobody sets it, and it never
    /// goes back within one run of the app. Waiting is measured with it.
    fn elapsed(&self) -> MonotonicMillis;

    /// Whether [`elapsed`](Self::elapsed) goes on while the device sleeps.
    fn counts_sleep(&self) -> bool {
        true
    }

    /// What names the time since the device was switched on, where the platform tells: readings of
    /// [`elapsed`](Self::elapsed) under one name are comparable between runs of the app.
    fn boot(&self) -> Option<String> {
        None
    }
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
        Self { clock: Box::new(DeviceClock::start()), random: Box::new(DeviceRandom), version: version.into() }
    }

    /// Ten random bytes, as an id takes them.
    pub(crate) fn id_bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        bytes
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
struct DeviceClock;

#[cfg(any(target_os = "linux", target_os = "android"))]
impl DeviceClock {
    const fn start() -> Self {
        Self
    }

    /// `CLOCK_BOOTTIME`: unlike `std::time::Instant` it goes on while the phone sleeps.
    fn read_elapsed(&self) -> MonotonicMillis {
        let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        MonotonicMillis::new(since_boot.tv_sec.saturating_mul(1_000).saturating_add(since_boot.tv_nsec / 1_000_000))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_arch = "wasm32")))]
struct DeviceClock(std::time::Instant);

#[cfg(not(any(target_os = "linux", target_os = "android", target_arch = "wasm32")))]
impl DeviceClock {
    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn read_elapsed(&self) -> MonotonicMillis {
        MonotonicMillis::new(i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

/// A browser's worker has no clock in reach that nobody sets: the wall clock's steps are summed up, those back left out.
#[cfg(target_arch = "wasm32")]
struct DeviceClock(std::cell::Cell<(UnixMillis, MonotonicMillis)>);

#[cfg(target_arch = "wasm32")]
impl DeviceClock {
    fn start() -> Self {
        Self(std::cell::Cell::new((read_wall(), MonotonicMillis::default())))
    }

    fn read_elapsed(&self) -> MonotonicMillis {
        let (before, elapsed) = self.0.get();
        let wall = read_wall();
        let elapsed = elapsed.plus_ms(wall.since_ms(before).max(0));
        self.0.set((wall, elapsed));
        elapsed
    }
}

impl Clock for DeviceClock {
    fn now(&self) -> UnixMillis {
        read_wall()
    }

    fn elapsed(&self) -> MonotonicMillis {
        self.read_elapsed()
    }

    fn counts_sleep(&self) -> bool {
        cfg!(any(target_os = "linux", target_os = "android", target_os = "windows"))
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn boot(&self) -> Option<String> {
        let name = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }
}

fn read_wall() -> UnixMillis {
    UnixMillis::new(jiff::Timestamp::now().as_millisecond())
}

struct DeviceRandom;

impl Random for DeviceRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("an operating system without randomness cannot run this app");
    }
}
