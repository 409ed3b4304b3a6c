//! The deployed binary.

fn main() {}
