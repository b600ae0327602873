//! What each person sees: one line in words, one numbered picture.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Phone;

/// The folder's name in the environment; without it the pictures are thrown away.
const FOLDER: &str = "GRID_DAY_PICTURES";

/// Numbered pictures of a story.
pub struct Album {
    folder: Option<PathBuf>,
    count: u32,
}

impl Album {
    /// Begins at number one.
    ///
    /// # Errors
    /// If the folder that was asked for cannot be made.
    pub fn begin() -> Result<Self> {
        let folder = std::env::var_os(FOLDER).map(PathBuf::from);
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        Ok(Self { folder, count: 0 })
    }

    /// Says what happens where nobody has a screen.
    #[expect(clippy::print_stdout, reason = "the story is told to whoever runs it")]
    pub fn tell(&self, words: &str) {
        println!("   {words}");
    }

    /// Says what this person sees now and takes a picture `NN-name.png` of it.
    ///
    /// # Errors
    /// If the window is gone or the picture cannot be written.
    #[expect(clippy::print_stdout, reason = "the story is told to whoever runs it")]
    pub async fn picture(&mut self, phone: &Phone, name: &str, words: &str) -> Result<()> {
        self.count += 1;
        println!("{:02} {}: {words}", self.count, phone.owner());
        if let Some(folder) = &self.folder {
            let picture = phone.take_picture().await?;
            std::fs::write(folder.join(format!("{:02}-{name}.png", self.count)), picture)?;
        }
        Ok(())
    }
}
