//! Invocations for unit tests of implementations. Behind the feature `test-util`, which no deployed binary enables.

use std::sync::Arc;

use bytes::Bytes;
use client_cert::FrontEndProof;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde::Serialize;
use serde_json::{Map, Value};

use super::head::Head;
use super::invocation::{Invocation, InvocationId, RequestBody};
use crate::host::RouteValues;

/// An invocation in the making: see [`Invocation::for_tests`].
#[derive(Debug)]
pub struct InvocationBuilder {
    head: Head,
    route_values: Vec<(String, String)>,
    inputs: Map<String, Value>,
    body: Bytes,
}

impl Invocation {
    /// An invocation without a request, for unit tests of implementations.
    ///
    /// ```
    /// use client_cert::Permit;
    /// use functions_handler::functions::{Invocation, Reply};
    /// use http::{Method, StatusCode};
    ///
    /// async fn order(permit: Permit, mut invocation: Invocation) -> Result<Reply, Reply> {
    ///     let item: String = invocation.json().await?;
    ///     Ok(Reply::created(&format!("{item} for {}", permit.principal().subject())))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let permit = Permit::for_tests("partner").build();
    /// let invocation = Invocation::for_tests(Method::POST, "/api/orders").json(&"tea").build();
    /// let reply: Reply = order(permit, invocation).await.into();
    /// assert_eq!(reply.status(), StatusCode::CREATED);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `target` is not a path with or without a query.
    pub fn for_tests(method: Method, target: &'static str) -> InvocationBuilder {
        InvocationBuilder {
            head: Head {
                method,
                uri: Uri::from_static(target),
                headers: HeaderMap::new(),
                proof: FrontEndProof::NONE,
                had_secret: false,
            },
            route_values: Vec::new(),
            inputs: Map::new(),
            body: Bytes::new(),
        }
    }
}

impl InvocationBuilder {
    /// With one more line of a header.
    ///
    /// # Panics
    ///
    /// If name or value is impossible.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        let (name, value) = (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        self.head.headers.append(name, value);
        self
    }

    /// With the value of a parameter of the route.
    #[must_use]
    pub fn route_value(mut self, name: &str, value: &str) -> Self {
        self.route_values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the value of an input binding.
    #[must_use]
    pub fn input(mut self, name: &str, value: Value) -> Self {
        self.inputs.insert(name.to_owned(), value);
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        Self {
            body: body.into(),
            ..self
        }
    }

    /// With a JSON document as the body, and its `Content-Type`.
    ///
    /// # Panics
    ///
    /// If the document cannot be written as JSON.
    ///
    /// ```should_panic
    /// use std::collections::HashMap;
    ///
    /// use functions_handler::functions::Invocation;
    /// use http::Method;
    ///
    /// let keys_are_lists = HashMap::from([([1], "one")]);
    /// Invocation::for_tests(Method::POST, "/api/orders").json(&keys_are_lists);
    /// ```
    #[must_use]
    pub fn json(self, document: &impl Serialize) -> Self {
        let document = serde_json::to_vec(document)
            .unwrap_or_else(|error| panic!("expected a JSON document, found: {error}"));
        self.header("content-type", "application/json")
            .body(document)
    }

    /// The invocation, with a random id.
    pub fn build(self) -> Invocation {
        let values: RouteValues = self.route_values.into_iter().collect();
        Invocation {
            id: InvocationId::new(uuid::Uuid::new_v4()),
            head: Arc::new(self.head),
            route_values: values,
            inputs: self.inputs,
            body: RequestBody::new(stream::iter([Ok(self.body)])),
        }
    }
}
