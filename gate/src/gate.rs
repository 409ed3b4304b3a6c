//! What every call goes through: where the server is by now, and what it gets to see.

use std::sync::{Mutex, PoisonError};

use functions_handler::server::Log;
use upstream::{Address, Upstream, UpstreamOptions};
use wrapped_server::NotReady;

use crate::server::Server;

/// What every call goes through.
pub(crate) struct Gate {
    options: UpstreamOptions,
    /// The server that we start; `None` for one that is there without us.
    server: Option<Server>,
    current: Mutex<Current>,
    pub(crate) front_end_declared: bool,
    pub(crate) log: Log,
}

/// The server as it last became ready: connections of an earlier generation lead nowhere.
struct Current {
    generation: u64,
    upstream: Upstream,
}

impl Gate {
    /// A gate in front of a server that we start, or of one that listens where the options say.
    pub(crate) fn new(
        options: UpstreamOptions,
        server: Option<Server>,
        front_end_declared: bool,
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
            front_end_declared,
            log,
        }
    }

    /// The server, once it is ready.
    ///
    /// # Errors
    ///
    /// It is not, in time.
    pub(crate) async fn upstream(&self) -> Result<Upstream, NotReady> {
        let Some(server) = &self.server else {
            return Ok(self.current().upstream.clone());
        };
        let ready = server.ready().await?;
        let mut current = self.current();
        // A call that waited long may know of an earlier one only.
        if current.generation < ready.generation {
            // It is a process of our own, wherever the settings say that it listens.
            let address = Address::dangerous(ready.address);
            *current = Current {
                generation: ready.generation,
                upstream: Upstream::new(UpstreamOptions {
                    address,
                    ..self.options.clone()
                }),
            };
        }
        Ok(current.upstream.clone())
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
