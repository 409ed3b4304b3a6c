//! What every call goes through: where the server is by now, and what it gets to see.

use std::sync::{Mutex, PoisonError};

use functions_handler::server::Log;
use upstream::{Address, Upstream, UpstreamOptions};
use wrapped_server::{NotReady, Ready};

use crate::front_end::FrontEnd;
use crate::server::Server;

/// What every call goes through.
pub(crate) struct Gate {
    options: UpstreamOptions,
    server: Server,
    current: Mutex<Current>,
    pub(crate) front_end: FrontEnd,
    pub(crate) log: Log,
}

/// The server as it last became ready: connections of an earlier generation lead nowhere.
struct Current {
    generation: u64,
    upstream: Upstream,
}

impl Gate {
    /// A gate in front of a server, wherever that listens once it is ready.
    pub(crate) fn new(
        options: UpstreamOptions,
        server: Server,
        front_end: FrontEnd,
        log: Log,
    ) -> Self {
        let current = Current {
            generation: 0,
            upstream: Upstream::new(options.clone()),
        };
        Self {
            options,
            server,
            current: Mutex::new(current),
            front_end,
            log,
        }
    }

    /// The server, once it is ready.
    ///
    /// # Errors
    ///
    /// It is not, in time.
    pub(crate) async fn upstream(&self) -> Result<Upstream, NotReady> {
        let ready = self.server.ready().await?;
        let mut current = self.current();
        current.renew(ready, &self.options);
        Ok(current.upstream.clone())
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    /// Takes note of a server that is ready. A call that waited long may know of an earlier one only: that changes nothing.
    fn renew(&mut self, ready: Ready, options: &UpstreamOptions) {
        if ready.generation <= self.generation {
            return;
        }
        // The settings were checked, and a process of our own listens where we said.
        let address = Address::dangerous(ready.address);
        let options = UpstreamOptions {
            address,
            ..options.clone()
        };
        *self = Self {
            generation: ready.generation,
            upstream: Upstream::new(options),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::*;

    /// Calls learn of servers in any order: the pool is that of the latest, and one of an earlier server never takes its place.
    #[test]
    fn the_pool_of_the_latest_server_stays_where_a_call_knows_of_an_earlier_one() {
        let address = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let options = UpstreamOptions::new(Address::dangerous(address(9)));
        let mut current = Current {
            generation: 0,
            upstream: Upstream::new(options.clone()),
        };
        for (generation, expected) in [(1, 1), (1, 1), (3, 3), (2, 3), (3, 3), (1, 3), (4, 4)] {
            let ready = Ready {
                address: address(9),
                generation,
            };
            current.renew(ready, &options);
            assert_eq!(current.generation, expected, "after {generation}");
        }
    }
}
