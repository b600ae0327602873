//! The command line of the desktop app. A phone has none.

use std::ffi::OsString;
use std::path::PathBuf;

/// What can be said at start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// `--data DIR`: keep everything there instead of the system's folder for this app.
    pub(crate) data: Option<PathBuf>,
    /// `--enrol TEXT`: use this enrolment code if the phone is not enrolled yet.
    pub(crate) enrolment: Option<String>,
    /// `--enrol-only`: enrol, fetch the first data, and end without a window.
    pub(crate) is_enrol_only: bool,
}

/// Something on the command line is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownArgument(pub(crate) String);

impl Options {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, UnknownArgument> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let name = argument.to_string_lossy().into_owned();
            match name.as_str() {
                "--data" => options.data = Some(arguments.next().ok_or(UnknownArgument(name))?.into()),
                "--enrol" => {
                    let text = arguments.next().ok_or(UnknownArgument(name))?;
                    options.enrolment = Some(text.to_string_lossy().into_owned());
                }
                "--enrol-only" => options.is_enrol_only = true,
                // A link that was tapped: `gridcompanion://enrol?…`.
                _ if name.starts_with("gridcompanion://") => options.enrolment = Some(name),
                _ => return Err(UnknownArgument(name)),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options, UnknownArgument> {
        Options::read(arguments.iter().map(OsString::from))
    }

    #[test]
    fn nothing_said_is_the_ordinary_start() {
        assert_eq!(read(&[]), Ok(Options::default()));
    }

    #[test]
    fn a_folder_and_a_code_are_taken() {
        let options =
            read(&["--data", "/tmp/phone", "--enrol", "gridcompanion://enrol?code=1", "--enrol-only"]).unwrap();
        assert_eq!(options.data, Some("/tmp/phone".into()));
        assert_eq!(options.enrolment.as_deref(), Some("gridcompanion://enrol?code=1"));
        assert!(options.is_enrol_only);
        assert_eq!(read(&["gridcompanion://enrol?code=1"]).unwrap().enrolment, options.enrolment);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert_eq!(read(&["--date", "x"]), Err(UnknownArgument("--date".into())));
        assert_eq!(read(&["--data"]), Err(UnknownArgument("--data".into())));
    }
}
