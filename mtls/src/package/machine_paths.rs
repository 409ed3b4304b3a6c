//! Paths of the machine that built a program, which compilers leave in it.

use std::path::{Path, PathBuf};

use crate::secret::find;

/// Folders of this machine, the longest first, so that each path counts once.
pub(super) struct MachinePaths {
    folders: Vec<String>,
}

impl MachinePaths {
    /// Cargo's and rustup's folders, the home folder, and the app's folder with the one where cargo builds.
    pub(super) fn of(app: &Path) -> Self {
        let variable = |name| std::env::var_os(name).map(PathBuf::from);
        let folders = [
            variable("CARGO_HOME"),
            variable("RUSTUP_HOME"),
            variable("CARGO_TARGET_DIR"),
            std::env::home_dir(),
            app.canonicalize().ok(),
        ];
        let folders = folders.into_iter().flatten();
        Self::new(folders.filter_map(|folder| Some(folder.to_str()?.to_owned())))
    }

    fn new(folders: impl Iterator<Item = String>) -> Self {
        let folders = folders.map(|folder| folder.trim_end_matches('/').to_owned());
        // The root of the file system is in every path.
        let mut folders: Vec<String> = folders
            .filter(|folder| Path::new(folder).is_absolute() && !folder.is_empty())
            .collect();
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
        folders.dedup();
        Self { folders }
    }

    /// Each folder that a program names, and how often.
    pub(super) fn within(&self, program: &[u8]) -> Vec<(&str, usize)> {
        let mut counts = vec![0; self.folders.len()];
        let mut rest = program;
        while let Some(at) = find(rest, b"/") {
            let path = &rest[at..];
            let named = self.folders.iter().position(|folder| {
                path.strip_prefix(folder.as_bytes())
                    .is_some_and(|rest| rest.first() == Some(&b'/'))
            });
            let passed = named.map_or(1, |index| self.folders[index].len());
            if let Some(index) = named {
                counts[index] += 1;
            }
            rest = &path[passed..];
        }
        let named = self.folders.iter().map(String::as_str).zip(counts);
        named.filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_counts_once_by_the_folder_that_says_most() {
        let folders = [
            "/home/me",
            "/home/me/.cargo/",
            "/src/the-app",
            "/",
            "relative",
            "/home/me",
        ];
        let paths = MachinePaths::new(folders.iter().map(ToString::to_string));
        let program =
            b"x/home/me/.cargo/registry/src/a.rs\0/home/me/x/home/me/.cargo/b /home/meant /src/the-app\0/src/the-app/";
        let found = paths.within(program);
        assert_eq!(
            found,
            [("/home/me/.cargo", 2), ("/src/the-app", 1), ("/home/me", 1)]
        );
        assert!(paths.within(b"/usr/lib/x").is_empty());
    }
}
