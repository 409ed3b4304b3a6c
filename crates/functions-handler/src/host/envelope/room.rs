//! Room in memory, which is taken before something is allocated.

/// Where the room comes from for what is read out of an envelope.
///
/// Whoever is not admitted shares one budget with all others like them; the server has it. Nothing here allocates for
/// a value of an envelope before it has asked.
pub trait Room {
    /// Takes room for more bytes.
    ///
    /// # Errors
    ///
    /// [`NoRoom`]: nothing has been taken.
    fn take(&mut self, bytes: usize) -> Result<(), NoRoom>;
}

/// There is no room left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoRoom;

/// A number of bytes, for one reader alone.
#[derive(Debug)]
pub struct Allowance(pub usize);

impl Room for Allowance {
    fn take(&mut self, bytes: usize) -> Result<(), NoRoom> {
        self.0 = self.0.checked_sub(bytes).ok_or(NoRoom)?;
        Ok(())
    }
}
