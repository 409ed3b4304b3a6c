//! What we and the tether say to each other: a line each, over one socket. Its end is an order too: to kill.

use std::fmt;

/// What we ask of the tether.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Order {
    /// `SIGTERM` to everything.
    Terminate,
    /// `SIGKILL` to everything, until nothing is left.
    Kill,
}

/// What the tether says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Line {
    /// The server runs as this process.
    Started(u32),
    /// The server could not be executed: the operating system's number.
    NotStarted(i32),
    /// The server ended, with this status as `waitpid` gave it; what it started may still run.
    Ended(i32),
    /// Nothing is left of it.
    Empty,
}

impl Order {
    /// The order in a line; a line that is not ours is an order to kill, as is the end of the socket.
    pub(super) fn parse(line: Option<&str>) -> Self {
        match line {
            Some("terminate") => Self::Terminate,
            Some(_) | None => Self::Kill,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terminate => "terminate",
            Self::Kill => "kill",
        })
    }
}

impl Line {
    /// The meaning of a line; nothing if it is not one of ours.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (word, number) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "started" => Some(Self::Started(number.parse().ok()?)),
            "not-started" => Some(Self::NotStarted(number.parse().ok()?)),
            "ended" => Some(Self::Ended(number.parse().ok()?)),
            "empty" => Some(Self::Empty),
            _ => None,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started(pid) => write!(f, "started {pid}"),
            Self::NotStarted(errno) => write!(f, "not-started {errno}"),
            Self::Ended(status) => write!(f, "ended {status}"),
            Self::Empty => f.write_str("empty"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        for line in [
            Line::Started(7),
            Line::NotStarted(2),
            Line::Ended(256),
            Line::Empty,
        ] {
            assert_eq!(Line::parse(&line.to_string()), Some(line));
        }
        for order in [Order::Terminate, Order::Kill] {
            assert_eq!(Order::parse(Some(&order.to_string())), order);
        }
    }

    #[test]
    fn what_is_not_understood_starts_nothing_and_kills() {
        for line in ["", "started", "started x", "ended", "STARTED 1", "empt"] {
            assert_eq!(Line::parse(line), None, "{line:?}");
        }
        for line in [None, Some(""), Some("Terminate"), Some("terminate ")] {
            assert_eq!(Order::parse(line), Order::Kill, "{line:?}");
        }
    }
}
