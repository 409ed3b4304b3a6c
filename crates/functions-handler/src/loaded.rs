//! What the app settings and the app's folder say, read by one thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app_settings::{
    Environment, FileError, Interrupted, NamedFile, Problem, Reading, begin_reading,
};

use crate::config::{AppRoot, Settings, UnusedDays};
use crate::functions::Registry;
use crate::host::contract;
use crate::reload::PolicyWatch;
use crate::server::{App, Limits, Log};
use crate::start_line::{NoteLine, StartLine};

/// Settings and folder, being read. All files are read by one thread: one each costs four times the rest of the start.
pub(crate) struct Loading {
    reading: Reading<Result<Loaded, Vec<Problem>>>,
    root: PathBuf,
}

impl Loading {
    /// Begins to read.
    pub(crate) fn begin(environment: &Arc<Environment>, root: &Path) -> Self {
        let (environment, folder) = (Arc::clone(environment), root.to_owned());
        Self {
            reading: begin_reading(move || Loaded::load(&environment, &folder)),
            root: root.to_owned(),
        }
    }

    /// Waits for the end of it.
    ///
    /// # Errors
    ///
    /// Every problem at once; or the one file that does not answer.
    pub(crate) fn wait(self) -> Result<Loaded, Vec<Problem>> {
        let not_read = |interrupted: Interrupted| {
            vec![not_read(
                interrupted.path(),
                interrupted.error(),
                &self.root,
            )]
        };
        self.reading.wait().map_err(not_read)?
    }
}

/// The path can come from a setting, so it is shown as one that a setting names.
fn not_read(path: Option<&Path>, error: &FileError, root: &Path) -> Problem {
    let at = match path {
        Some(path) if path != root => {
            let relative = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
            NamedFile::new(contract::APP_ROOT_VARIABLE, &relative, root).name()
        }
        Some(_) | None => "the app's folder".to_owned(),
    };
    let text = format!(
        "expected it to be readable, found: {error}; check the disk or share, and start again"
    );
    Problem::new(at, text)
}

/// What the environment and the folder say.
pub(crate) struct Loaded {
    settings: Settings,
    app_root: AppRoot,
}

impl Loaded {
    fn load(environment: &Environment, root: &Path) -> Result<Self, Vec<Problem>> {
        let settings = Settings::load(environment, root);
        let app_root = AppRoot::load(root, environment);
        match (settings, app_root) {
            (Ok(mut settings), Ok(app_root)) => {
                settings.denied_status = Some(settings.denied_status(app_root.host.profile));
                Ok(Self { settings, app_root })
            }
            (settings, app_root) => {
                let problems = [settings.err(), app_root.err()];
                Err(problems.into_iter().flatten().flatten().collect())
            }
        }
    }

    /// The first lines of the log.
    pub(crate) fn lines(&self) -> (StartLine, Vec<NoteLine>) {
        let functions = self.app_root.routes.functions();
        let start = StartLine::new(&self.settings, &self.app_root);
        (start, NoteLine::all(&self.settings, functions))
    }

    /// What is to be named once a day, apart from the policy.
    pub(crate) fn unused_days(&self) -> Option<UnusedDays> {
        self.settings.unused_days
    }

    /// The app, with the implementations in this registry.
    ///
    /// # Errors
    ///
    /// What does not fit together.
    pub(crate) fn app<S>(
        self,
        registry: Registry<S>,
        limits: Option<Limits>,
        log: Log,
    ) -> Result<(App, Option<PolicyWatch>), Vec<Problem>> {
        let Self { settings, app_root } = self;
        let of_host = Limits::new(settings.body_bytes, app_root.host.function_timeout);
        let (guard, watch) = PolicyWatch::from_settings(settings, log);
        let limits = limits.unwrap_or(of_host);
        let app = App::new(app_root.routes, &app_root.disabled, registry, guard, limits)?;
        Ok((app, watch.is_needed().then_some(watch)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_share_that_does_not_answer_is_reported_by_the_file_and_no_secret() {
        let root = Path::new("/app");
        let error = FileError::Stalled {
            after: Some(Duration::from_secs(5)),
        };
        for (path, at) in [
            ("/app", "the app's folder: "),
            ("/app/Health/function.json", "\"Health/function.json\": "),
            ("/mnt/trust/root.pem", "\"/mnt/trust/root.pem\": "),
            ("/app/hunter2", "the named file (not shown"),
        ] {
            let problem = not_read(Some(Path::new(path)), &error, root).to_string();
            assert!(problem.starts_with(at), "{problem}");
            assert!(problem.contains("within 5s; check"), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
