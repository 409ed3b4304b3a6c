//! The variables by which programs learn where to listen.

use std::net::SocketAddr;

/// A variable that says, or seems to say, where a server listens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PortVariable {
    /// Its name.
    pub name: &'static str,
    /// What the server gets in it.
    pub value: Value,
    /// Who reads it, or why it is removed, and where that is documented.
    pub source: &'static str,
}

/// What a [`PortVariable`] holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// The port, as a number.
    Port,
    /// The IP address, without brackets.
    Host,
    /// `http://127.0.0.1:4000`
    Url,
    /// Nothing: an inherited one would mislead the server.
    Removed,
}

impl Value {
    /// The text for an address; nothing if the variable is removed.
    pub(super) fn text(self, address: SocketAddr) -> Option<String> {
        match self {
            Self::Port => Some(address.port().to_string()),
            Self::Host => Some(address.ip().to_string()),
            Self::Url => Some(format!("http://{address}")),
            Self::Removed => None,
        }
    }
}

/// Every variable that is set or removed for the server, whatever was inherited.
///
/// A variable that the caller of [`ServerCommand::variable`](super::ServerCommand::variable) sets wins over it.
pub const PORT_VARIABLES: &[PortVariable] = &[
    set(
        "FUNCTIONS_CUSTOMHANDLER_PORT",
        Value::Port,
        "Azure Functions custom handlers: samples of self-hosted servers read it themselves; the inherited one is ours",
    ),
    set(
        "FUNCTIONS_HTTPWORKER_PORT",
        Value::Port,
        "its older name (HttpWorkerConstants.cs of the Functions host)",
    ),
    set(
        "PORT",
        Value::Port,
        "gunicorn, Next.js, Express by custom, buildpacks",
    ),
    set(
        "UVICORN_PORT",
        Value::Port,
        "uvicorn, started by its command: uvicorn.org, Settings",
    ),
    set(
        "UVICORN_HOST",
        Value::Host,
        "uvicorn, started by its command: uvicorn.org, Settings",
    ),
    set(
        "FASTMCP_PORT",
        Value::Port,
        "FastMCP: gofastmcp.com, Settings",
    ),
    set(
        "FASTMCP_HOST",
        Value::Host,
        "FastMCP: gofastmcp.com, Settings",
    ),
    set(
        "FLASK_RUN_PORT",
        Value::Port,
        "`flask run`: Flask documentation, Command Line Interface",
    ),
    set(
        "FLASK_RUN_HOST",
        Value::Host,
        "`flask run`: Flask documentation, Command Line Interface",
    ),
    set(
        "ASPNETCORE_URLS",
        Value::Url,
        "ASP.NET Core, Kestrel endpoints; the Functions images set http://+:80 for the host",
    ),
    set(
        "ASPNETCORE_HTTP_PORTS",
        Value::Removed,
        "ASP.NET Core since 8: all interfaces; the .NET images set 8080",
    ),
    set(
        "ASPNETCORE_HTTPS_PORTS",
        Value::Removed,
        "ASP.NET Core since 8: all interfaces",
    ),
    set(
        "ASPNETCORE_CONTENTROOT",
        Value::Removed,
        "ASP.NET Core: the Functions images set the host's own folder",
    ),
    set(
        "SERVER_PORT",
        Value::Port,
        "Spring Boot, server.port: Common Application Properties",
    ),
    set(
        "SERVER_ADDRESS",
        Value::Host,
        "Spring Boot, server.address: Common Application Properties",
    ),
    set(
        "QUARKUS_HTTP_PORT",
        Value::Port,
        "Quarkus, quarkus.http.port: HTTP reference",
    ),
    set(
        "QUARKUS_HTTP_HOST",
        Value::Host,
        "Quarkus, quarkus.http.host: HTTP reference",
    ),
    set(
        "HOSTNAME",
        Value::Host,
        "Next.js standalone listens on it; containers set their own name",
    ),
];

const fn set(name: &'static str, value: Value, source: &'static str) -> PortVariable {
    PortVariable {
        name,
        value,
        source,
    }
}
