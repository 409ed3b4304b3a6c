//! `WhoAmI`: says who the caller is. Without a permit it cannot be called.

use functions_handler::Permit;
use functions_handler::functions::{Invocation, Reply};

pub(super) async fn run(permit: Permit, _: Invocation) -> Reply {
    Reply::ok(&permit.principal().subject())
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[tokio::test]
    async fn a_caller_is_known_by_the_subject_of_the_certificate() {
        let permit = Permit::for_tests("partner").build();
        let invocation = Invocation::for_tests(Method::GET, "/api/whoami").build();
        let reply = run(permit, invocation).await;
        assert_eq!(reply.into_bytes().await.unwrap(), "\"CN=partner\"");
    }
}
