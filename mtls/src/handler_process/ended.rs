//! How a handler is gone for good.

/// Why the handler is gone for good.
#[derive(Clone, Debug)]
pub(crate) enum Ended {
    /// The operating system could not start it.
    NotStarted {
        /// The program as `host.json` names it.
        program: String,
        /// What the operating system said.
        error: String,
    },
    /// It exited with 64.
    Misconfigured {
        /// The program as `host.json` names it.
        program: String,
    },
    /// It ended too often.
    GivenUp {
        /// The program as `host.json` names it.
        program: String,
        /// How it ended last, as the end of a sentence.
        last: String,
    },
    /// We stopped it.
    Stopped,
}
