//! `Hello`: greets anybody.

use functions_handler::functions::{Invocation, Reply};

pub(super) async fn run(_: Invocation) -> Reply {
    Reply::ok(&"Hello")
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[tokio::test]
    async fn anybody_is_greeted() {
        let invocation = Invocation::for_tests(Method::GET, "/api/hello").build();
        let reply = run(invocation).await;
        assert_eq!(reply.into_bytes().await.unwrap(), "\"Hello\"");
    }
}
