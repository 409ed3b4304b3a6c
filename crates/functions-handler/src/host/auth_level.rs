//! Keys, which the host checks before the handler is called.

/// Which key the host asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AuthLevel {
    /// None.
    Anonymous,
    /// A key of the function or of the app; the host's default.
    Function,
    /// The app's master key.
    Admin,
}
